# What one does with Stretto's sources. `make help` lists it; .ci/run is what a build server runs.

release := swift build -c release --static-swift-stdlib
lint_paths := Package.swift Sources Tests
run_tests := SWIFT_BACKTRACE=enable=no timeout -k 10 900 swift test --skip-build --disable-xctest

.PHONY: help setup build demo test test-pure test-processes test-parts test-simulations test-programs check format sanitize torture walks bench bench-board clean

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## Install the Debian packages that are missing (with sudo where needed)
	@.ci/setup

build: setup ## Build .build/release/stretto
	$(release)

demo: build ## Build, then run the demo in a scratch repository: no account, no network
	.build/release/stretto demo

# Rounds, because tests that compute, tests with child processes, simulations and whole programs beside each other starve on two cores, and then time
# limits decide. While Swift Testing runs exit tests it waits for any child, and turns round and round over one that a busy test has not fetched yet: so
# those of the terminal go with the simulations, which have no child processes, and those of processes and of the journal have a round with few others.
# A crash that a test asks for needs no backtrace, which would take its time as well.
pure := StrettoCoreTests|StrettoJSONTests|StrettoBoardTests|StrettoCommandTests|StrettoPlanFileTests|TidyTests
simulations := StrettoEngineTests|StrettoTerminalTests
processes := StrettoProcessTests|StrettoJournalTests
programs := StrettoEndToEndTests|StrettoTortureTests
torture_programs := StrettoTortureTests|TerminalLossTests|NothingLostTests
run_thorough := STRETTO_TORTURE=1 swift test --skip-build --disable-xctest
test: setup ## Build and run all tests
	swift build --build-tests
	$(MAKE) --no-print-directory test-pure test-processes test-parts test-simulations test-programs

test-pure:
	$(run_tests) --filter '$(pure)'

test-processes:
	$(run_tests) --filter '$(processes)'

test-parts:
	$(run_tests) --skip '$(pure)|$(processes)|$(simulations)|$(programs)'

test-simulations:
	$(run_tests) --filter '$(simulations)'

test-programs:
	$(run_tests) --filter '$(programs)'

check: setup ## Run every linter: format, documentation comments, imports
	swift format lint --strict -r -p $(lint_paths)
	.ci/lint-docs
	swift build --build-tests --explicit-target-dependency-import-check error

format: ## Bring all Swift files into shape
	swift format -i -r -p $(lint_paths)

sanitize: setup ## Run the tests under ThreadSanitizer, then under AddressSanitizer
	swift test --disable-xctest --sanitize=thread --scratch-path .build/thread
	swift test --disable-xctest --sanitize=address --scratch-path .build/address

torture: setup ## Kill the engine all along its runs and anything at random moments: three quarters of an hour
	swift build --build-tests
	bash -o pipefail -c '$(run_thorough) --filter DisturbanceTests | tee .build/torture.log'
	bash -o pipefail -c '$(run_thorough) --filter "$(torture_programs)" | tee -a .build/torture.log'
	@echo "points reached: $$(grep -c ' reached$$' .build/torture.log)" \
		"- beyond the last step: $$(grep -c ' not-reached$$' .build/torture.log)" \
		"- random kills: $$(grep -c '^torture kill' .build/torture.log)"
	@grep '^torture soak' .build/torture.log

walks: setup ## Long random walks of the board, against a model of a terminal and against tmux: a quarter of an hour
	swift build --build-tests
	$(run_thorough) --filter DifferentialWalkTests
	$(run_thorough) --filter /DifferentialTests

bench: build ## Measure Stretto's own overhead against bare git commands
	.build/release/stretto-bench

bench-board: build ## Measure the board from outside, beside tig, htop and btop: two minutes; fails where it is worse than promised
	.build/release/stretto-bench board

clean: ## Remove everything that was built
	rm -rf .build

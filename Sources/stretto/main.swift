print("stretto")

"""What each PON standard allows, what can be bought, what work costs."""

"""The gates as checks of the tables behind them."""

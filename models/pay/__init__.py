"""Money over WeChat Pay: orders, what the platform says of them, money given back, days compared."""

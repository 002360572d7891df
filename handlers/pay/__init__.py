"""WeChat Pay's entrance: what it notifies us of."""

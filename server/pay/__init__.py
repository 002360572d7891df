"""WeChat Pay API v3 behind our own wall: keys, signatures, calls (docs/decisions)."""

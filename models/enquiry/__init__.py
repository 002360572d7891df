"""Questions that people ask: answered from what is known, or kept for a person. Never a case, in no rate."""

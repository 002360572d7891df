"""The platforms' own language: their cipher, their envelopes, their passive replies."""

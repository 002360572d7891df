"""The history of the schema. Linear, each step frozen: nothing here imports the live models."""

"""The rig of `make chaos` and of the kill journeys in the tests: real servers, real kills, an oracle."""

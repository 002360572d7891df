"""Other programs that report and read cases by GeoReport v2: who they are, how much they may, what they see.

A key is shown once and kept as a hash. What is read without one is what the public board says (models/board);
whoever reported a case by a key reads that one as it was sent.
"""

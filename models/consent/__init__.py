"""What people were told about their data, and what they said to it: by kind and version, with its time."""

"""Machinery: app, configuration, database, delivery, channels, timetable, commands, sandbox."""

"""The public board of a community (公示栏): what was reported, mended, what waits and why, who answers, what
is open of the money. It reads every room; the one thing that it writes is who cleared a photo.

Nothing here is a person's who has no post: a line of a case is a `Line`, which has no place for a name, a
room or a word of the report, as a group's letters have none (X05).
"""

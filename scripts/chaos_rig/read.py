"""What a process of hemei reads before its first visitor comes: here once, for all that are forked from the
one that loaded this (chaos_rig/warm.py)."""

import gc

import openpyxl.worksheet.datavalidation  # noqa: F401  # the commands load it when they are asked for a workbook

from handlers import words
from models.understanding import Gazetteer, understand

understand("", Gazetteer.of([]))
words.say("help")
gc.collect()
gc.freeze()  # because a collection would make every child copy what it only shares

"""三色预警、星级管家、晾晒: appraisal from events only, private first, with an appeal."""

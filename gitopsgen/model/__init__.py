"""Frozen records that more than one stage needs; they know no files and no stages."""

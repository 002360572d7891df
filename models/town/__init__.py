"""The town's workbook: read, checked, written all or nothing, and given back."""

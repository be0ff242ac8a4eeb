"""What draws: PDF, tables, CSV and workbooks, whatever the business."""

"""What turns a file into a sheet of rows of cells, and rows of cells into rows of recipients (see ``kinds``)."""

"""What every office keeps: job runs, import batches, stored files, issued papers, number series, notices."""

"""What the service keeps, in PostgreSQL: owns every SQL statement and every error of the driver."""

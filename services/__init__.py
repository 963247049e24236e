"""The code: one room a service, the chassis they share, and `local`, which runs them all on one machine."""

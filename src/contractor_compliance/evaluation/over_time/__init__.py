"""Days beyond the one judged: change points, the window of an assignment, insurance status, and waivers."""

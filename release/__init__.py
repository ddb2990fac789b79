"""What stands between the repository and somebody who installs it: locks, audit, bill of materials, distributions."""

"""One policy, or paper, against one requirement on one day. Each check answers pass, fail or unknown, and why."""

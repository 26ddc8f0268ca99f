"""The contract of a store: a test for every promise of the port, to be run against any store.

`whole` puts the tests together; the other modules hold them by subject. Nothing is imported here, because the tests
need pytest and the number of the contract does not.
"""

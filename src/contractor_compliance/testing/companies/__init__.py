"""Invented companies of any size, from a seed: for benchmarks, for demonstrations, and for tests of a host's own code.

Nothing here is data about anybody. Names are put together from invented syllables, addresses have ZIP codes that no
place has, e-mail addresses end in example.com, and tax ids begin with 78, a prefix that no EIN has. The shares
below are invented too: plausible, measured nowhere, and no statement about any market.

`invented_company(contractors=1_000, seed=7)` makes a company. Its contractors are made one by one when they are asked
for, each from the seed and its number alone, so that a company of a million takes no more memory than one of ten, and
contractor 7 is the same in both. The same seed and day give the same records on every machine and every Python.

What to expect, about:

- Contractors live in every state and territory; 40 in 100 are an LLC, 42 an individual or a sole proprietor.
- Each has 1.4 assignments, for 40 clients of very unequal size, by 22 job codes of six trades. 67 in 100 are active, 17
  past, 12 upcoming, 4 cancelled. 97 in 100 have a written contract, one in five is remote.
- Each has 2.5 policies; a renewal is a policy of its own. At the end of a term 88 in 100 are renewed without a gap, 8
  after a lapse of up to 45 days, 4 never. 4 in 100 are cancelled, and half of these are reinstated.
- 80 in 100 years are read from a certificate. Few statements are absent, unreadable, or contradicted by another source.
- Many owners in Florida and California work under an exemption from workers' compensation, and a few elsewhere. Where
  only a state's fund writes it, stop gap is bought apart.
- 16 in 100 have an opt-in to the company's program, 8 in 100 a waiver. One in four is corrected, up to three times.
- Of contractors with active work four in ten comply, four do not, and two cannot be decided.
"""

from contractor_compliance.testing.companies.invented import VERSION, Correction, Invented, invented_company

__all__ = ["VERSION", "Correction", "Invented", "invented_company"]

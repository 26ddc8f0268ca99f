"""Invented companies of any size, from a seed: for benchmarks, for demonstrations, and for tests of a host's own code.

Nothing here is data about anybody. Names are put together from invented syllables, addresses have ZIP codes that no
place has, e-mail addresses end in example.com, and tax ids begin with 000, as no SSN, ITIN or EIN does. The shares
below are invented too: plausible, measured nowhere, and no statement about any market.

`invented_company(contractors=1_000, seed=7)` makes a company. Its contractors are made one by one when they are asked
for, each from the seed and its number alone, so that a company of a million takes no more memory than one of ten, and
contractor 7 is the same in both. The same seed and day give the same records on every machine and every Python.

What to expect, about:

- Contractors: in every state and territory, as the population is spread; 40 in 100 an LLC, 42 an individual or a sole
  proprietor; one in eight with an employee known by name.
- Work: 1.4 assignments each, for 40 clients of very unequal size, by 22 job codes of six trades. 64 in 100 are active
  (18 of them without end), 19 past, 9 upcoming, 4 cancelled, 4 on hold. 97 in 100 have a written contract, nearly all a
  pay rate, and one in ten has had it raised. One in five is done from home, one in nine in another state.
- Cover: 2.5 policies each, a renewal being a policy of its own. Of what the work calls for 94 in 100 is bought. At the
  end of a term 88 in 100 renew without a gap, 8 after a lapse of up to 45 days, 4 never. 4 in 100 are cancelled; half
  of these come back, in time or with a gap. One contractor in eight has an umbrella, nearly always with its schedule.
- Evidence: 80 in 100 years are told by a certificate; the latest may still be unreviewed, denied or unreadable. Few
  statements are absent, unreadable, or contradicted by another that is as good.
- Workers' compensation: many owners in Florida and California, and a few elsewhere, work under an exemption, some with
  occupational accident cover beside it; where a state's fund writes it, stop gap is bought apart.
- Opt-in: 16 in 100 contractors are on the way into the program, in every state and on every page.
- Waivers: 8 in 100 contractors, of every kind and in every state.
- Verdicts on the day, of contractors with active work: four in ten comply, four do not, two cannot be told.
- Later: one contractor in four is corrected, up to three times.
"""

from contractor_compliance.testing.companies.corrections import Correction
from contractor_compliance.testing.companies.invented import VERSION, Invented, invented_company

__all__ = ["VERSION", "Correction", "Invented", "invented_company"]

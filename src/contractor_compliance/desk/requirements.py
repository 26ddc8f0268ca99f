"""Use cases of the company's rule book: show it, preview a draft, publish one, withdraw a publication (M6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from contractor_compliance.desk import staging
from contractor_compliance.desk.context import RequestContext, compiled_rulebook, pending_key, pending_rollout
from contractor_compliance.desk.staging import Rollout
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import Dossier, RuleBook
from contractor_compliance.errors import NotAllowedError
from contractor_compliance.evaluation import CompiledRuleBook, evaluate
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage import Order, Query

__all__ = ["Change", "Progress", "RequirementUseCases"]

#: Receives the number of contractors that are done, and the number of all.
Progress = Callable[[int, int], None]


@attrs.frozen
class Change:
    """One contractor whose verdict or insurance status a draft of the rule book would change today.

    Attributes:
        contractor_id: The contractor.
        before: Verdict and insurance status by the present rule book.
        after: Verdict and insurance status by the draft.

    Example:
        >>> from contractor_compliance.desk import preset
        >>> from contractor_compliance.testing import sample_desk
        >>> (change,) = sample_desk().preview_rulebook(preset("construction"))
        >>> change.contractor_id, change.before[0].value, change.after[0].value
        ('contractor-1', 'compliant', 'non_compliant')
    """

    contractor_id: str
    before: tuple[Verdict, InsuranceStatus]
    after: tuple[Verdict, InsuranceStatus]


class RequirementUseCases(UseCases):
    """Use cases of the company's rule book."""

    def rulebook(self) -> RuleBook:
        """Return the company's rule book.

        Raises:
            AccessDeniedError: If the member may not see requirements.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> [requirement.id for requirement in sample_desk().rulebook().sets[0].requirements]
            ['gl', 'wc']
        """
        return self._enter("rulebook").rulebook

    def preview_rulebook(self, draft: RuleBook, *, progress: Progress | None = None) -> tuple[Change, ...]:
        """Return the contractors whose verdict or insurance status a draft would change today, and save nothing.

        Args:
            draft: The rule book to compare with the present one.
            progress: Receives the number of contractors that are done, and the number of all.

        Raises:
            AccessDeniedError: If the member may not publish rule books.

        Example:
            >>> from contractor_compliance.desk import preset
            >>> from contractor_compliance.testing import sample_desk
            >>> [change.contractor_id for change in sample_desk().preview_rulebook(preset("construction"))]
            ['contractor-1']
        """
        context = self._enter("preview_rulebook")
        rulebooks = (compiled_rulebook(context.rulebook), compiled_rulebook(draft))
        changes: list[Change] = []
        for ids in self._batches(progress):
            for record in self._store.dossiers(ids):
                if record is None:
                    continue
                before, after = (self._outcome(record.dossier, compiled, context) for compiled in rulebooks)
                if before != after:
                    changes.append(Change(record.contractor_id, before, after))
        return tuple(changes)

    def publish_rulebook(
        self, draft: RuleBook, *, progress: Progress | None = None, key: str | None = None
    ) -> CommandResult:
        """Publish a rule book as the company's next version.

        First the standings of all contractors are staged as the next generation, in pages that no listing reads and
        that hold no lock for long. Then one small commit switches to that generation. If the call is interrupted, make
        it again with the same draft to continue.

        Args:
            draft: The rule book; its id and version are set here.
            progress: Receives the number of contractors that are done, and the number of all.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If another draft is being published, or the draft is the present rule book.

        Example:
            >>> from contractor_compliance.desk import preset
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.publish_rulebook(preset("construction"))
            >>> desk.profile("contractor-1").report.verdict.value
            'non_compliant'
        """
        context = self._enter("publish_rulebook")
        key = self._config.ids() if key is None else key
        if self._store.receipt(key) is None:
            next_version = _next_version(draft, context)
            _check_publishable(next_version, context)
            pending = _pending(next_version)
            rollout = self._rollout("publish_rulebook", key, context, lambda current: current.pending == pending)
            if context.pending is None:
                rollout.announce("announce_rulebook", context, pending)
            for ids in self._batches(progress):
                rollout.stage(ids)

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            if context.pending is None or context.pending != _pending(_next_version(draft, context)):
                raise NotAllowedError("The rule book was published, or withdrawn, by another member meanwhile.")
            unit.put(attrs.evolve(context.pending, id=context.company.id))
            unit.switch_to = context.generation + 1
            unit.detail["version"] = context.pending.version
            return context.company.id

        return self._execute("publish_rulebook", key, (draft,), decide)

    def withdraw_publication(self, *, progress: Progress | None = None, key: str | None = None) -> CommandResult:
        """Withdraw a rule book that is being published, or a change of many contractors that is being prepared.

        The same call as before finishes a change that was interrupted; this one is for a change that will not be
        finished. The staged standings are written anew from the present state, in pages. If the call is interrupted,
        make it again.

        Args:
            progress: Receives the number of contractors that are done, and the number of all.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If there is nothing to withdraw.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> sample_desk().withdraw_publication()
            Traceback (most recent call last):
            contractor_compliance.errors.NotAllowedError: Nothing is being published or prepared.
        """
        action = "withdraw_publication"
        context = self._enter(action)
        key = self._config.ids() if key is None else key
        if self._store.receipt(key) is None:
            if context.pending is None and context.rollout is None:
                raise NotAllowedError("Nothing is being published or prepared.")
            rollout = self._rollout(action, key, context, lambda current: current.rollout == action)
            if context.rollout != action:
                rollout.announce(
                    "announce_change", context, pending_rollout(context.company.id, action), _pending(context.rulebook)
                )
            for ids in self._batches(progress):
                rollout.stage(ids)

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            if context.rollout != action:
                raise NotAllowedError("The withdrawal was finished by another member meanwhile.")
            unit.put(pending_rollout(context.company.id, None))
            unit.switch_to = context.generation + 1
            return context.company.id

        return self._execute(action, key, (), decide)

    def _rollout(
        self, permission: str, key: str, context: RequestContext, is_under_way: Callable[[RequestContext], bool]
    ) -> Rollout:
        return Rollout(
            config=self._config,
            subject=self._subject,
            permission=permission,
            key=key,
            unit=UnitOfWork(self._store, context.company),
            is_under_way=is_under_way,
        )

    def _batches(self, progress: Progress | None) -> Iterator[list[str]]:
        """Yield the ids of all contractors in pages, and report the progress after each page."""
        query = Query(order=Order.ID)
        total = self._store.count(query)
        done, cursor = 0, None
        while True:
            page = self._store.page(query, staging.PAGE_SIZE, cursor)
            if page.items:
                yield [item.key.id for item in page.items]
            done += len(page.items)
            if progress is not None:
                progress(done, max(done, total))
            if (cursor := page.cursor) is None:
                return

    def _outcome(
        self, dossier: Dossier, compiled: CompiledRuleBook, context: RequestContext
    ) -> tuple[Verdict, InsuranceStatus]:
        config = self._config
        report = evaluate(dossier, compiled, as_of=context.today, window=False, custom=config.custom, law=config.law)
        return report.verdict, report.insurance_status


def _check_publishable(next_version: RuleBook, context: RequestContext) -> None:
    """Refuse to publish while another change is prepared, and to publish the rule book that the company has."""
    if context.rollout is not None:
        raise NotAllowedError(
            f"A change of many contractors is being prepared ({context.rollout_title}): make that change again to "
            "finish it, or withdraw it with withdraw_publication."
        )
    if context.pending is not None and context.pending != _pending(next_version):
        raise NotAllowedError(
            "Another rule book is being published: publish that one again to finish it, or withdraw it with "
            "withdraw_publication."
        )
    if context.pending is None and attrs.evolve(next_version, version=context.rulebook.version) == context.rulebook:
        raise NotAllowedError("This is the present rule book of the company; there is nothing to publish.")


def _next_version(draft: RuleBook, context: RequestContext) -> RuleBook:
    """Return a draft as the company's next version."""
    return attrs.evolve(draft, id=context.company.id, version=context.rulebook.version + 1)


def _pending(rulebook: RuleBook) -> RuleBook:
    """Return a rule book as it is on file while it is being published."""
    return attrs.evolve(rulebook, id=pending_key(rulebook.id).id)

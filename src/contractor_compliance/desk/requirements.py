"""The company's own requirements: presets to start from, a look at what a draft would change, publication (M6)."""

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

#: Is told how many contractors are done, of how many.
Progress = Callable[[int, int], None]


@attrs.frozen
class Change:
    """One contractor whom a draft of the rule book would judge otherwise today.

    Attributes:
        contractor_id: The contractor.
        before: Verdict and insurance status by the present rule book.
        after: The same by the draft.
    """

    contractor_id: str
    before: tuple[Verdict, InsuranceStatus]
    after: tuple[Verdict, InsuranceStatus]


class RequirementUseCases(UseCases):
    """Use cases of requirements."""

    def rulebook(self) -> RuleBook:
        """Return the company's rule book.

        Raises:
            AccessDeniedError: If the member may not see it.
        """
        return self._enter("see_requirements").rulebook

    def preview_rulebook(self, draft: RuleBook, *, progress: Progress | None = None) -> tuple[Change, ...]:
        """Return whom a draft would judge otherwise today, by id. Nothing is saved.

        Raises:
            AccessDeniedError: If the member may not publish rule books.
        """
        context = self._enter("publish_rulebook")
        plans = (compiled_rulebook(context.rulebook), compiled_rulebook(draft))
        found: list[Change] = []
        for ids in self._batches(progress):
            for record in self._store.dossiers(ids):
                if record is None:
                    continue
                before, after = (self._answer(record.dossier, compiled, context) for compiled in plans)
                if before != after:
                    found.append(Change(record.contractor_id, before, after))
        return tuple(found)

    def publish_rulebook(
        self, draft: RuleBook, *, progress: Progress | None = None, key: str | None = None
    ) -> CommandResult:
        """Publish a rule book as the company's next version.

        Every contractor's standing is worked out first, in pages that nobody sees and that hold no lock for long; then
        one small commit switches to all of it. If it is interrupted, call it again with the same draft: it goes on.

        Args:
            draft: The rule book; id and version are set here.
            progress: Is told how many contractors are done, of how many.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If another draft is being published, or it is the present one.
        """
        context = self._enter("publish_rulebook")
        chosen = self._config.ids() if key is None else key
        if self._store.receipt(chosen) is None:
            wanted = _next(draft, context)
            _check_publishable(wanted, context)
            pending = _pending(wanted)
            rollout = self._rollout("publish_rulebook", chosen, context, lambda then: then.pending == pending)
            if context.pending is None:
                rollout.announce("announce_rulebook", context, pending)
            for ids in self._batches(progress):
                rollout.write(ids)

        def decide(commit: UnitOfWork, then: RequestContext) -> str:
            if then.pending is None or then.pending != _pending(_next(draft, then)):
                raise NotAllowedError("The rule book was published, or withdrawn, by another member meanwhile.")
            commit.put(attrs.evolve(then.pending, id=then.company.id))
            commit.switch_to = then.generation + 1
            commit.detail["version"] = then.pending.version
            return then.company.id

        return self._execute("publish_rulebook", chosen, (draft,), decide)

    def withdraw_publication(self, *, progress: Progress | None = None, key: str | None = None) -> CommandResult:
        """Withdraw a rule book that is being published, or a change of many contractors that is being prepared.

        Whoever began it can finish it by making the same call again; this is for what nobody will finish. What was
        written ahead for it is written anew as things are, in pages; if that is interrupted, call it again.

        Args:
            progress: Is told how many contractors are done, of how many.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If there is nothing to withdraw.
        """
        action = "withdraw_publication"
        context = self._enter(action)
        chosen = self._config.ids() if key is None else key
        if self._store.receipt(chosen) is None:
            if context.pending is None and context.rollout is None:
                raise NotAllowedError("Nothing is being published or prepared.")
            rollout = self._rollout(action, chosen, context, lambda then: then.rollout == action)
            if context.rollout != action:
                rollout.announce(
                    "announce_change", context, pending_rollout(context.company.id, action), _pending(context.rulebook)
                )
            for ids in self._batches(progress):
                rollout.write(ids)

        def decide(commit: UnitOfWork, then: RequestContext) -> str:
            if then.rollout != action:
                raise NotAllowedError("It was finished by another member meanwhile.")
            commit.put(pending_rollout(then.company.id, None))
            commit.switch_to = then.generation + 1
            return then.company.id

        return self._execute(action, chosen, (), decide)

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
        """Yield the ids of all contractors in pages, telling before each how far it has come."""
        query = Query(order=Order.ID)
        total = self._store.count(query)
        done, cursor = 0, None
        while True:
            page = self._store.page(query, staging.PAGE, cursor)
            if page.items:
                yield [each.key.id for each in page.items]
            done += len(page.items)
            if progress is not None:
                progress(done, max(done, total))
            if (cursor := page.cursor) is None:
                return

    def _answer(
        self, dossier: Dossier, compiled: CompiledRuleBook, context: RequestContext
    ) -> tuple[Verdict, InsuranceStatus]:
        config = self._config
        report = evaluate(dossier, compiled, as_of=context.today, window=False, custom=config.custom, law=config.law)
        return report.verdict, report.insurance_status


def _check_publishable(wanted: RuleBook, context: RequestContext) -> None:
    """Refuse to publish while something else is, or the rule book that the company has."""
    if context.rollout is not None:
        raise NotAllowedError(
            f"A change of many contractors is being prepared ({context.rollout}): make it again to finish it, or "
            "withdraw it with withdraw_publication."
        )
    if context.pending is not None and context.pending != _pending(wanted):
        raise NotAllowedError(
            "Another rule book is being published: publish that one again to finish it, or withdraw it with "
            "withdraw_publication."
        )
    if context.pending is None and attrs.evolve(wanted, version=context.rulebook.version) == context.rulebook:
        raise NotAllowedError("This is the rule book that the company has.")


def _next(draft: RuleBook, context: RequestContext) -> RuleBook:
    """Return a draft as the company's next version."""
    return attrs.evolve(draft, id=context.company.id, version=context.rulebook.version + 1)


def _pending(wanted: RuleBook) -> RuleBook:
    """Return what is on file while a rule book is being published."""
    return attrs.evolve(wanted, id=pending_key(wanted.id).id)

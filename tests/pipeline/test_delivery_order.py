"""Deliveries, from the plan to their end: whatever is interleaved, in order, and each with one ending."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from owed import AT, planned

from events.alert import AlertId, AlertStatus
from events.decision import Change, Tick
from events.delivery import DeliveryAttempted, DeliveryId, DeliveryPlanned, Outcome
from events.subscription import SubscriptionId
from services.webhook.core.backoff import ATTEMPTS
from services.webhook.core.delivery import Ledger, step
from services.webhook.core.dispatch import Send, Withdraw, concluded, due
from services.webhook.core.response import Accepted, Failed, Forbidden, Gone, Throttled, Verdict

ALERTS = tuple((SubscriptionId(sub), AlertId(alert)) for sub in "xy" for alert in "ab")
VERDICTS: tuple[Verdict, ...] = (
    Accepted(200),
    Failed("timeout"),
    Failed("HTTP 500", 500),
    Throttled("HTTP 429", 429, AT + timedelta(days=1)),
    Gone("HTTP 410", 410),
    Forbidden("private"),
)


class Deliveries(RuleBasedStateMachine):
    """Plans, repetitions, attempts that end in any order, crashes and the passing of time, in any interleaving."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.now = AT
        self.took_over = AT
        self.plans: list[DeliveryPlanned] = []
        self.terminal: dict[DeliveryId, list[Outcome]] = {}
        self.attempts: dict[DeliveryId, int] = {}
        self.flying: dict[DeliveryId, Send] = {}
        self.sent: set[DeliveryId] = set()
        """Deliveries that a receiver may have got."""
        self.unsure: set[DeliveryId] = set()
        """Deliveries that a process may have attempted before it crashed."""

    def fold(self, event: DeliveryPlanned | DeliveryAttempted | Tick) -> None:
        """Step and apply."""
        for change in step(self.ledger, event, self.now).changes:
            self.ledger.apply(change)

    def record(self, event: DeliveryAttempted) -> None:
        """Write an event of the ledger topic down, and fold it."""
        assert not self.terminal.get(event.delivery_id), "it had ended before"
        if event.outcome is not Outcome.RETRYING:
            self.terminal.setdefault(event.delivery_id, []).append(event.outcome)
        self.fold(event)

    def earlier(self, send: Send | DeliveryAttempted) -> list[DeliveryId]:
        """Earlier deliveries of the same line."""
        plan = next(plan for plan in self.plans if plan.delivery_id == send.delivery_id)
        return [
            other.delivery_id
            for other in self.plans
            if (other.subscription_id, other.alert.id) == (plan.subscription_id, plan.alert.id)
            and other.alert.revision < plan.alert.revision
        ]

    @initialize()
    def begin(self) -> None:
        """Something is owed from the start."""
        self.plan(ALERTS[0], AlertStatus.RAISED)

    @rule(who=st.sampled_from(ALERTS), status=st.sampled_from(["revised", "revised", "corrected", "killed"]))
    def plan(self, who: tuple[SubscriptionId, AlertId], status: str) -> None:
        """A further revision is owed; killed is the end."""
        mine = [plan for plan in self.plans if (plan.subscription_id, plan.alert.id) == who]
        if mine and mine[-1].alert.status is AlertStatus.KILLED:
            return
        event = planned(len(mine) + 1, status if mine else "raised", alert=who[1], sub=who[0], at=self.now)
        self.plans.append(event)
        self.fold(event)

    @rule(data=st.data())
    def plan_again(self, data: st.DataObject) -> None:
        """The topic repeats itself."""
        self.fold(data.draw(st.sampled_from(self.plans)))

    @rule(most=st.integers(1, 3))
    def dispatch(self, most: int) -> None:
        """Do what is due: nothing before all earlier revisions of its line have ended."""
        for action in due(self.ledger, self.now, self.flying, since=self.took_over)[:most]:
            if isinstance(action, Withdraw):
                self.withdraw(action)
                continue
            assert action.delivery_id not in self.flying
            assert not self.terminal.get(action.delivery_id), "it had ended before"
            assert all(self.terminal.get(delivery) for delivery in self.earlier(action)), "an earlier one has not ended"
            self.kill_is_justified(action)
            self.flying[action.delivery_id] = action
            self.attempts[action.delivery_id] = self.attempts.get(action.delivery_id, 0) + 1

    def withdraw(self, action: Withdraw) -> None:
        """Deliveries end without an attempt; a kill only if nothing of its alert may have arrived."""
        for event in action.events:
            assert event.delivery_id not in self.flying
            killed = next(plan.alert.status for plan in self.plans if plan.delivery_id == event.delivery_id) == "killed"
            assert not (killed and self.sent & set(self.earlier(event))), "who may have got it must get the kill"
            self.record(event)

    def kill_is_justified(self, send: Send) -> None:
        """A kill goes out only if an earlier revision was attempted, or may have been before a crash."""
        if send.alert.status is AlertStatus.KILLED and (earlier := self.earlier(send)):
            assert any(self.attempts.get(delivery, 0) or delivery in self.unsure for delivery in earlier)

    @rule(data=st.data(), verdict=st.sampled_from(VERDICTS), seconds=st.integers(0, 15))
    def conclude(self, data: st.DataObject, verdict: Verdict, seconds: int) -> None:
        """An attempt ends, and its event comes twice."""
        if self.flying:
            send = self.flying.pop(data.draw(st.sampled_from(sorted(self.flying))))
            event = concluded(send, verdict, self.now, seconds + 0.1)
            if not isinstance(verdict, Forbidden):
                self.sent.add(send.delivery_id)
            self.record(event)
            self.fold(event)

    @rule()
    def crash(self) -> None:
        """What was in flight is forgotten: it may have arrived, and nobody knows."""
        self.sent |= self.flying.keys()
        self.unsure |= {plan.delivery_id for plan in self.plans} - self.terminal.keys()
        self.flying.clear()
        self.now += timedelta(seconds=1)
        self.took_over = self.now
        survivors = self.ledger.lines
        self.ledger = Ledger()
        for line in survivors.values():
            self.ledger.apply(Change(line.key, line))

    @rule(seconds=st.sampled_from([1, 30, 3600, 90000]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)
        self.fold(Tick(self.now))

    @invariant()
    def one_ending(self) -> None:
        """No delivery ends twice."""
        assert all(len(outcomes) == 1 for outcomes in self.terminal.values())

    def teardown(self) -> None:
        """Given time and answers, every delivery that was ever planned ends, once."""
        for _ in range(20 * (len(self.plans) + 1) * ATTEMPTS):
            for send in list(self.flying.values()):
                del self.flying[send.delivery_id]
                self.record(concluded(send, Failed("HTTP 500", 500), self.now, 0.1))
            self.dispatch(1000)
            if not self.flying and not self.ledger.open_lines:
                break
            self.now += timedelta(hours=30)
        assert not self.ledger.open_lines
        assert self.terminal.keys() == {plan.delivery_id for plan in self.plans}
        self.one_ending()


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

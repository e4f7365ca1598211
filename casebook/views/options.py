"""The ways to go side by side: what each releases, what it is worth, and when it is judged."""

from __future__ import annotations

from collections.abc import Iterator

from casebook.analysis.options import OptionResult
from casebook.formatting.locales import NO_BREAK_SPACE
from casebook.schema.options import NOTHING, WHOLE
from casebook.study.study import Study
from casebook.views.components import Callout, Component, Row, Table, callout, group, left, right, row
from casebook.views.gates import gates_table, is_judged
from casebook.views.ways_on import open_ways

APPROVE_NOW = (
    "Approve now: undiscounted costs at likely values before the option's gate, or all of them without one; "
    "of a first step, its cost."
)
DEEPEST = "Deepest cash: the lowest undiscounted running total by year, at likely values."
EXPECTED = "Expected value: the mean of the simulated net present values."
TO_THE_END = "That an option may be stopped at its gate is not counted."
RECOMMENDED = (
    "Recommended: the highest expected value; options within two standard errors of it count as equal, and "
    "the smallest commitment wins."
)


def options(case: Study) -> Component:
    """The table of the options, what each first step teaches, and the gates; or what is still open."""
    tracking = case.under_way
    if tracking is not None:
        return open_ways(case, tracking)
    steps = [_teaches(case, step) for step in case.options.steps]
    gates = [gates_table(case)] if any(is_judged(each) for each in case.options.by_key.values()) else []
    remark = decision_remark(case)
    remarks = [remark] if remark else []
    return group([options_table(case), *remarks, *(steps or _most_a_step_may_cost(case)), *gates])


def options_table(case: Study, *, short: bool = False) -> Table:
    """The options with what they release and what they are worth; `short` is for page 1.

    Its caption is what the comparison finds.
    """
    say, drawn = case.formatter.say, case.analysis.simulation is not None
    worth = say("Expected value") if drawn else say("Net present value")
    columns = [left(say("Option"), lines="lead"), right(say("Approve now"))]
    columns += [] if short else [right(say("In all")), right(say("Deepest cash"))]
    columns += [right(worth)]
    columns += [right(say("Nine of ten outcomes"))] if drawn and not short else []
    columns += [right(say("Chance of loss"))] if drawn else []
    has_gates = any(each.option.gate for each in case.options.by_key.values())
    columns += [left(say("Gate"))] if has_gates else []
    rows = [_row(case, each, short=short, has_gates=has_gates) for each in case.options.by_key.values()]
    return Table(columns, rows, caption=finding(case), note=_note(case, short=short), whole=True)


def finding(case: Study) -> str:
    """What the comparison finds: the recommended option, or the one asked for, against the best other."""
    options, say = case.options, case.formatter.say
    if options.is_overruled:
        return _given_up(case)
    best = options.by_key[options.recommended]
    others = [each for key, each in options.by_key.items() if key != best.key]
    other = max(others, key=lambda each: each.expected)
    name, rival = case.option_name(best.key), case.option_name(other.key)
    money = case.formatter.money_about(abs(best.expected - other.expected))
    if best.key == NOTHING:
        if other.key in options.tied:
            return say("“{option}” is worth no more than doing nothing", option=rival)
        return say("Doing nothing is worth {money} more than “{option}”", money=money, option=rival)
    if other.key in options.tied:
        if other.key == NOTHING:
            return say("“{option}” is worth no more than doing nothing", option=name)
        return say("“{option}” is worth as much as “{other}” and commits less", option=name, other=rival)
    if other.key == NOTHING:
        return say("“{option}” is worth {money} more than doing nothing", option=name, money=money)
    return say("“{option}” is worth {money} more than “{other}”", option=name, money=money, other=rival)


def _given_up(case: Study) -> str:
    """What is given up by not asking for the recommended option, and what is saved now."""
    to, options = case.formatter, case.options
    one, other = (options.by_key[key] for key in (options.decided, options.recommended))
    words = {
        "option": case.option_name(one.key),
        "other": case.option_name(other.key),
        "worth": to.money_about(other.expected - one.expected),
        "money": to.money_about(other.approve_now - one.approve_now),
    }
    if one.approve_now < other.approve_now:
        return to.say("“{option}” gives up {worth} and takes {money} less now", **words)
    return to.say("“{option}” is worth {worth} less than “{other}”", **words)


def the_whole(case: Study) -> str:
    """What figures of the case as it stands are of, where there are other options to take them for."""
    if case.options.are_standard or case.followed_up is not None:
        return case.formatter.say("the case")
    return case.formatter.say("“{option}”", option=case.option_name(WHOLE))


def decision_remark(case: Study) -> Callout | None:
    """Why another option is asked for than the recommended one; None where it is not."""
    options, say = case.options, case.formatter.say
    if not options.is_overruled:
        return None
    less = options.by_key[options.recommended].expected - options.by_key[options.decided].expected
    text = say(
        "The figures recommend “{recommended}”, which is worth {money} more.",
        recommended=case.option_name(options.recommended),
        money=case.formatter.money_about(less),
    )
    reason = say("Reason: {reason}", reason=options.reason) if options.reason else say("No reason is given.")
    title = say("Another option than the recommended one")
    return callout(title, f"{text} {reason}", tone="warning" if options.needs_reason else "info")


def _row(case: Study, found: OptionResult, *, short: bool, has_gates: bool) -> Row:
    to, options = case.formatter, case.options
    name = case.option_name(found.key)
    marks = [
        to.say(mark)
        for mark, key in (("recommended", options.recommended), ("asked for", options.decided))
        if found.key == key and (mark == "recommended" or options.is_overruled)
    ]
    cells = [f"{name}\n{', '.join(marks)}" if marks else name, to.money_about(found.approve_now)]
    if not short:
        cells += [to.money_about(found.in_all), _deepest(case, found)]
    cells.append(to.money_about(found.expected))
    if found.p5 is not None and found.p95 is not None and not short:
        low, high = to.money_about(found.p5), to.money_about(found.p95)
        cells.append("–" if found.key == NOTHING else f"{low}\n{to.say('to {high}', high=high)}")
    if found.chance_of_loss is not None:
        cells.append("–" if found.key == NOTHING else case.chance(found.chance_of_loss))
    if has_gates:
        gate = found.option.gate
        month = "–" if gate is None else to.month(gate.by.year, gate.by.month)
        cells.append(month.replace(" ", NO_BREAK_SPACE))
    return row(*cells, style="subtotal" if found.key == options.decided else "plain")


def _deepest(case: Study, found: OptionResult) -> str:
    if found.deepest_year is None:
        return case.formatter.money_short(0)
    say, money = case.formatter.say, case.formatter.money_about(found.deepest)
    when = say("in year {year}", year=found.deepest_year) if found.deepest_year else say("at the start")
    return f"{money}\n{when.replace(' ', NO_BREAK_SPACE)}"


def _note(case: Study, *, short: bool) -> str:
    say, drawn = case.formatter.say, case.analysis.simulation is not None
    sentences = [] if short else [say(APPROVE_NOW), say(DEEPEST)]
    sentences += [say(EXPECTED)] if drawn else []
    sentences += [say(RECOMMENDED)] if drawn and not short else []
    if any(each.option.gate and not each.option.is_step for each in case.options.by_key.values()):
        sentences.append(say(TO_THE_END))
    sentences += [_stops(case, step) for step in case.options.steps if step.learning and step.option.cost]
    if not short:
        described = ((key, each.option.note) for key, each in case.options.by_key.items())
        notes = [f"{case.option_name(key)}: {note}" for key, note in described if note]
        return "\n".join([" ".join(sentences), *notes])
    return " ".join(sentences)


def _stops(case: Study, step: OptionResult) -> str:
    """What of the chance of loss of a first step is its cost alone."""
    assert step.learning is not None
    return case.formatter.say(
        "“{option}”: {share} of the outcomes lose its cost alone.",
        option=case.option_name(step.key),
        share=case.chance(1 - step.learning.goes_on),
    )


def _teaches(case: Study, step: OptionResult) -> Callout:
    """What a first step measures, what that is worth, and when one goes on."""
    to, say, lesson, learning = case.formatter, case.formatter.say, step.option.learns, step.learning
    assert lesson is not None
    node = getattr(case.inputs, lesson.input)
    sentences = [
        say(
            "It measures “{input}”, nine times in ten to within {within}, for {cost} and {delay}."
            if step.option.delay
            else "It measures “{input}”, nine times in ten to within {within}, for {cost} and without delay.",
            input=node.label,
            within=half_width(case, lesson.within, node.unit),
            cost=to.money_about(step.option.cost),
            delay=to.months(step.option.delay),
        )
    ]
    if learning is None:
        sentences.append(say("Without ranges there is nothing to learn."))
    else:
        sentences += [
            say(
                "Knowing it is worth {gross} before cost and delay (standard error {error}).",
                gross=to.money_about(learning.gross.value),
                error=_error(case, learning.gross.standard_error),
            ),
            say(
                "After both, it gains {net} against “{other}” (standard error {error}).",
                net=to.money_about(learning.net.value),
                other=case.option_name(learning.instead_of),
                error=_error(case, learning.net.standard_error),
            )
            if learning.net.value >= 0
            else say(
                "After both, it costs {net} against “{other}” (standard error {error}).",
                net=to.money_about(-learning.net.value),
                other=case.option_name(learning.instead_of),
                error=_error(case, learning.net.standard_error),
            ),
            say("In {share} of the outcomes one goes on after it.", share=case.chance(learning.goes_on)),
        ]
    title = say("What “{option}” teaches", option=case.option_name(step.key))
    return callout(title, " ".join(sentences))


def half_width(case: Study, within: float, unit: str) -> str:
    """How closely an input is measured: of a share in points, else in its unit."""
    to = case.formatter
    if unit == "share":
        return to.say("{points} percentage points", points=to.number(100 * within))
    words = to.unit_words(unit).removeprefix(to.currency).strip()
    return f"{to.quantity(within, unit, exact=True)} {words}".strip()


def _error(case: Study, value: float) -> str:
    """A standard error: one digit is all that it deserves."""
    return case.formatter.money_short(float(f"{value:.1g}"))


def _most_a_step_may_cost(case: Study) -> Iterator[Callout]:
    """Where no first step is offered: the most that one may cost."""
    information, say = case.analysis.information, case.formatter.say
    if information is None:
        return
    name, worth = max(information.inputs.items(), key=lambda pair: pair[1].value)
    if worth.value <= 2 * worth.standard_error:
        title = say("No first step is offered")
        yield callout(title, say("None would pay: knowing no single input would change the decision."))
        return
    money = case.formatter.money_short(float(f"{worth.value:.2g}"))
    label = getattr(case.inputs, name).label
    yield callout(
        say("No first step is offered"),
        say(
            "One that measures {input} may cost {money} at most, delay included: what it is worth to know it "
            "exactly before the decision.",
            input=label,
            money=money,
        ),
    )

"""Copy stages of one pipeline into another: what they need comes along, what they lose is told."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gennaker.errors import SpecError
from gennaker.spec.artifact_ids import declared, rewritten, used
from gennaker.spec.copy_notes import Note
from gennaker.spec.differences import Steps, same
from gennaker.spec.evaluated import awaited, renamed, with_texts
from gennaker.spec.outline import Item, Outline, is_linear, items_of, outline, text
from gennaker.spec.problems import json_path

if TYPE_CHECKING:
    from gennaker.expr import References

_NUMBER = re.compile(r"[0-9]{1,9}")
_NUMBERED = re.compile(r"(.*\S) \((\d+)\)", re.DOTALL)


@dataclass(frozen=True)
class StagesCopy:
    """A pipeline with stages of another one."""

    spec: dict[str, Any]
    ref_ids: dict[str, str]
    """The refId that each chosen stage has now, by the one that it had."""
    notes: tuple[Note, ...]


def copy_stages(
    source: Mapping[str, Any],
    ref_ids: Sequence[str],
    target: Mapping[str, Any],
    *,
    new_id: Callable[[], str],
    after: Sequence[str] | None = None,
) -> StagesCopy:
    """
    Return the target with copies of some of the source's stages, at the end of its list.

    The copies keep their order, also where stages between them stay behind. Expected artifacts and
    parameters that they use come along unless the target has the same. They get unused refIds and unused
    names, and call each other by these. What is called from expressions other than through literal
    arguments of the helper functions stays as it is written.

    :param after: what the first of the copies wait for, refIds of the target; in absence whatever nothing
        waits for, ``finally`` stages aside; an empty list: nothing.
    :raises SpecError: a refId does not exist, or the target's stages are no list.
    """
    theirs, ours = outline(source), outline(target)
    if target.get("stages") is not None and not isinstance(target["stages"], list | tuple):
        raise SpecError("`stages` is not a list", path="$.stages")
    _must_exist(ref_ids, theirs, "the source")
    _must_exist(after or (), ours, "the target")
    wanted = set(ref_ids)
    chosen = [item for item in theirs.by_ref_id.values() if item.ref_id in wanted]
    work = _Copy(source, copy.deepcopy(dict(target)), theirs, ours, chosen, new_id)
    work.evaluator()
    work.add_stages(_leaves(ours) if after is None else after)
    work.artifacts()
    work.parameters()
    work.left_behind()
    return StagesCopy(work.spec, work.numbers, tuple(work.notes))


def _must_exist(ref_ids: Iterable[str], pipeline: Outline, where: str) -> None:
    for ref_id in ref_ids:
        if ref_id not in pipeline.by_ref_id:
            raise SpecError(f"no stage of {where} has the refId '{ref_id}'", path="$.stages")


def _leaves(pipeline: Outline) -> list[str]:
    """Return the stages that nothing waits for; a stage that always runs is no stage to go on from."""
    last = {item.index for item in pipeline.items if item.raw.get("finally") is True}
    return [
        item.ref_id
        for item in pipeline.items
        if item.raw and item.index not in last and last.issuperset(pipeline.downstream[item.index])
    ]


@dataclass
class _Copy:
    source: Mapping[str, Any]
    spec: dict[str, Any]
    theirs: Outline
    ours: Outline
    chosen: list[Item]
    new_id: Callable[[], str]
    notes: list[Note] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    first: int = 0
    """Place of the first copy."""
    had: int = 0
    """How many artifacts the target expected before."""

    def __post_init__(self) -> None:
        self.had = len(items_of(self.spec.get("expectedArtifacts")))

    def note(self, code: str, message: str, *steps: str | int, stage: str | None = None) -> None:
        found = Note(code, json_path("$", *steps), message, stage)
        if found not in self.notes:
            self.notes.append(found)

    @property
    def copies(self) -> Iterator[tuple[int, Item, dict[str, Any]]]:
        """Return the copies: place in the target, the original, the copy."""
        for offset, item in enumerate(self.chosen):
            place = self.first + offset
            yield place, item, self.spec["stages"][place]

    def evaluator(self) -> None:
        """Tell of expressions that will be evaluated at other times."""
        key = "spelEvaluator"
        if self.chosen and (self.source.get(key) == "v4") != (self.spec.get(key) == "v4"):
            message = f"it is {self.source.get(key) or 'v3'} where the stages come from"
            self.note("evaluator-differs", message, key)

    def add_stages(self, after: Sequence[str]) -> None:
        """Append the copies, with numbers and names of their own."""
        stages = self._numbered()
        self.first = len(stages)
        self.numbers = dict(zip((item.ref_id for item in self.chosen), self._free_numbers(), strict=False))
        titles = [*_free_names([item.name for item in self.ours.items], self.chosen)]
        for item, title in zip(self.chosen, titles, strict=True):
            self.names.setdefault(item.name, title)
        links = _links(self.theirs, self.chosen)
        for item, title in zip(self.chosen, titles, strict=True):
            requisites = [self.numbers[ref_id] for ref_id in links[item.index]] or [*after]
            place = len(stages)
            stages.append(self._stage(item, title, requisites))
            if title != item.name:
                message = f"'{item.name}' is '{title}' here, where there is one of that name already"
                self.note("renamed", message, "stages", place, "name", stage=title)
        self.spec["stages"] = stages

    def _numbered(self) -> list[Any]:
        """Return the target's stages with the refIds that they have without saying so."""
        stages = [*items_of(self.spec.get("stages"))]
        raws = [item.raw for item in self.ours.items]
        if not self.chosen or not raws or all(text(raw.get("refId")) for raw in raws if raw):
            return stages
        if is_linear(raws):
            self.note(
                "numbers-written", "the stages have refIds now, and wait for each other as before", "stages"
            )
        for item in self.ours.items:
            if isinstance(item.given, Mapping) and not text(item.raw.get("refId")):
                stages[item.index] |= {
                    "refId": item.ref_id,
                    "requisiteStageRefIds": [*item.requisites],
                }
        return stages

    def _free_numbers(self) -> Iterator[str]:
        taken = {item.ref_id for item in self.ours.items}
        number = max((int(ref_id) for ref_id in taken if _NUMBER.fullmatch(ref_id)), default=0)
        while True:
            number += 1
            yield str(number)

    def _stage(self, item: Item, title: str, requisites: list[str]) -> dict[str, Any]:
        stage = copy.deepcopy(dict(item.raw))
        own = {"refId": self.numbers[item.ref_id], "requisiteStageRefIds": requisites}
        stage = {**own, **stage, **own} if own.keys() - stage.keys() else {**stage, **own}
        stage = renamed(stage, {old: new for old, new in self.names.items() if old != new}, self.numbers)
        if title != item.name:
            stage["name"] = title
        for one in (stage, *items_of(stage.get("notifications"))):
            if isinstance(one, dict) and text(one.get("id")):
                one["id"] = self.new_id()
        return stage

    def artifacts(self) -> None:
        """Bring along the artifacts that the copies use, under ids of their own."""
        made = {identity for item in self.chosen for identity in declared(item.raw)}
        ids = {identity: self.new_id() for identity in sorted(made)}
        for place, item, _ in self.copies:
            for identity in sorted(used(item.raw) - ids.keys()):
                found = self._artifact(identity)
                if found is not None:
                    ids[identity] = found
                elif not any(identity in declared(other.raw) for other in self.ours.items):
                    message = f"nothing here makes the artifact with the id '{identity}'"
                    self.note("artifact-not-copied", message, "stages", place, stage=item.name or None)
        for place, _, stage in [*self.copies]:
            self.spec["stages"][place] = rewritten(stage, lambda one: ids.get(one, one))

    def _artifact(self, identity: str) -> str | None:
        """Return the id that an artifact of the source has in the target, where it may have to be added."""
        theirs = _by_key(self.source, "expectedArtifacts", "id")
        ours = _by_key(self.spec, "expectedArtifacts", "id")
        wanted = theirs.get(identity)
        if wanted is None:
            return identity if identity in ours else None
        plain = _without_ids(wanted)
        equal = [known for known, item in ours.items() if same(_without_ids(item), plain)]
        if equal:
            return identity if identity in equal else equal[0]
        fresh = {one: self.new_id() for one in declared({"expectedArtifacts": [wanted]})}
        added = rewritten(
            copy.deepcopy(dict(wanted)), lambda one: fresh.get(one, one), key="expectedArtifacts"
        )
        place = self._append("expectedArtifacts", added)
        name = text(wanted.get("displayName")) or identity
        self.note("artifact-copied", f"the artifact '{name}' came along", "expectedArtifacts", place)
        return fresh[identity]

    def _append(self, key: str, item: Any) -> int:
        self.spec[key] = [*items_of(self.spec.get(key)), item]
        return len(self.spec[key]) - 1

    def parameters(self) -> None:
        """Bring along the parameters that the copies use."""
        theirs = _by_key(self.source, "parameterConfig", "name")
        ours = _by_key(self.spec, "parameterConfig", "name")
        waiting = [*self._used_parameters()]
        seen = set()
        while waiting:
            name, steps = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if name in ours:
                if name in theirs and not same(theirs[name], ours[name]):
                    self.note("parameter-differs", f"the parameter '{name}' is declared otherwise", *steps)
            elif name in theirs:
                place = self._append("parameterConfig", copy.deepcopy(theirs[name]))
                where = ("parameterConfig", place)
                self.note("parameter-copied", f"the parameter '{name}' came along", *where)
                waiting += ((other, where) for other in _shown_by(theirs[name]))
            else:
                self.note("parameter-unknown", f"no parameter is called '{name}'", *steps)

    def _used_parameters(self) -> Iterator[tuple[str, Steps]]:
        for place, item, _ in self.copies:
            for steps, found in _references(item.raw):
                yield from ((name, ("stages", place, *steps)) for name in sorted(found.parameters))
        for place, artifact in enumerate(items_of(self.spec.get("expectedArtifacts"))):
            if place >= self.had and isinstance(artifact, Mapping):
                for steps, found in _references(artifact):
                    here = ("expectedArtifacts", place, *steps)
                    yield from ((name, here) for name in sorted(found.parameters))

    def left_behind(self) -> None:
        """Tell which expressions of the copies lead nowhere now, or elsewhere."""
        variables = _variables(self.theirs.items, self.chosen)
        for place, item, _ in self.copies:
            here = ("stages", place)
            for steps, name in awaited(item.raw):
                self._named(name, *here, *steps, stage=item)
            for steps, found in _references(item.raw):
                if "stageExists" not in found.functions:
                    for name in sorted(found.stages | found.judgments):
                        self._named(name, *here, *steps, stage=item)
                for ref_id in sorted(found.ref_ids - self.numbers.keys()):
                    other, mine = self.theirs.by_ref_id.get(ref_id), self.ours.by_ref_id.get(ref_id)
                    self._told(other, [mine] if mine else [], *here, *steps, stage=item)
                for name in sorted(found.roots & (variables - item.raw.keys())):
                    message = f"the variable '{name}' is set by a stage that was not copied"
                    self.note("variable-not-copied", message, *here, *steps, stage=item.name or None)

    def _named(self, name: str, *steps: str | int, stage: Item) -> None:
        if name not in self.names:
            other = next((item for item in self.theirs.items if item.name == name), None)
            ours = [item for item in self.ours.items if item.name == name]
            self._told(other, ours, *steps, stage=stage)

    def _told(self, other: Item | None, ours: Sequence[Item], *steps: str | int, stage: Item) -> None:
        """Tell of a stage that was not copied, unless it is the target's, too, or never was one."""
        if other is None or any(same(item.raw, other.raw) for item in ours):
            return
        if ours:
            message = f"'{other.name}' ({other.ref_id}) was not copied, and this is another stage here"
            self.note("stage-of-target", message, *steps, stage=stage.name or None)
        else:
            message = f"the stage '{other.name}' ({other.ref_id}) was not copied"
            self.note("stage-not-copied", message, *steps, stage=stage.name or None)


def _links(pipeline: Outline, chosen: Sequence[Item]) -> dict[int, list[str]]:
    """Return what each chosen stage waits for among them, through whatever is between them."""
    inside = {item.index for item in chosen}
    found = {}
    for item in chosen:
        direct = [index for index in pipeline.upstream[item.index] if index in inside and index != item.index]
        far = [index for index in _nearest(pipeline, item.index, inside) if index not in direct]
        known = {*direct, *far}
        # What another requisite waits for already need not be said.
        far = [
            index for index in far if not any(index in pipeline.ancestors(other) for other in known - {index})
        ]
        found[item.index] = [pipeline.items[index].ref_id for index in (*direct, *far)]
    return found


def _nearest(pipeline: Outline, start: int, inside: Collection[int]) -> list[int]:
    """Return the chosen stages that are reached first on the way up, leaving out the others."""
    found: dict[int, None] = {}
    seen = {start}
    waiting = [*pipeline.upstream[start]]
    while waiting:
        index = waiting.pop(0)
        if index in seen:
            continue
        seen.add(index)
        if index in inside:
            found[index] = None
        else:
            waiting.extend(pipeline.upstream[index])
    return [*found]


def _free_names(taken: Iterable[str], chosen: Iterable[Item]) -> Iterator[str]:
    """Return a name for each copy: its own, or with the first free number behind it."""
    used_names = set(taken)
    for item in chosen:
        name, number = item.name, 2
        # A stage without a name shows its type, and expressions do not call it by that.
        if text(item.raw.get("name")):
            found = _NUMBERED.fullmatch(name)
            base = found[1] if found else name
            while name in used_names:
                name, number = f"{base} ({number})", number + 1
            used_names.add(name)
        yield name


def _by_key(pipeline: Mapping[str, Any], section: str, key: str) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for item in items_of(pipeline.get(section)):
        if isinstance(item, Mapping) and text(item.get(key)):
            found.setdefault(text(item[key]), item)
    return found


def _without_ids(artifact: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = rewritten(artifact, lambda _: "", key="expectedArtifacts")
    return {key: value for key, value in plain.items() if key != "boundArtifact"}


def _shown_by(parameter: Mapping[str, Any]) -> list[str]:
    """Return the parameter on which it depends whether a form shows this one."""
    condition = parameter.get("condition")
    name = text(condition.get("parameter")) if isinstance(condition, Mapping) else ""
    return [name] if name else []


def _variables(items: Iterable[Item], chosen: Sequence[Item]) -> set[str]:
    """Return the variables that only stages set which are not chosen."""
    inside = {item.index for item in chosen}
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for item in items:
        if item.type == "evaluateVariables":
            for one in items_of(item.raw.get("variables")):
                if isinstance(one, Mapping):
                    found[item.index in inside].add(text(one.get("key")))
    return found[False] - found[True]


def _references(holder: Mapping[str, Any]) -> list[tuple[Steps, References]]:
    from gennaker.expr import references, references_in_expression

    found: list[tuple[Steps, References]] = []

    def visit(steps: Steps, given: str, bare: bool) -> str:
        found.append((steps, references_in_expression(given) if bare else references(given)))
        return given

    with_texts(holder, visit)
    return found

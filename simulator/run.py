"""Makes a world or goes on with one: every chunk, every system, every file."""

import json
import resource
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator import identity, truth
from simulator.identity import Identity, distinct
from simulator.mess import spoil
from simulator.plan import Parameters, World
from simulator.scene import Rows, Scene
from simulator.systems import (
    customer_io,
    cx_survey,
    external,
    marketing,
    oracle_brm,
    privacy,
    retail,
    salesforce,
    servicenow,
    support,
    web,
)
from simulator.tables import TABLES
from simulator.writer import FORMATS, TableWriter, convert, raw_path, raw_rows, raw_schema

SYSTEMS: dict[str, Callable[[Scene], Iterator[Rows]]] = {
    "salesforce": salesforce.produce,
    "servicenow": servicenow.produce,
    "cx_survey": cx_survey.produce,
    "oracle_brm": oracle_brm.produce,
    "retail": retail.produce,
    "web": web.produce,
    "marketing": marketing.produce,
    "support": support.produce,
    "external": external.produce,
    "customer_io": customer_io.produce,
    "privacy": privacy.produce,
}
TRUTH_SCHEMAS = {
    "records": truth.RECORDS,
    "identifiers": identity.IDENTIFIERS,
    "patterns": identity.PATTERNS,
    "bad_rows": truth.BAD_ROWS,
    "duplicate_rows": truth.DUPLICATE_ROWS,
    "recurring_revenue": truth.RECURRING,
}
WORLD_FILE = "world.json"


class WorldError(Exception):
    """The world asked for cannot be made; the message says why and what to do."""


@dataclass
class Written:
    """What one batch wrote: rows and bytes by table, peak memory in bytes.

    rates, patterns: of each pattern, and how often it occurs in the world so far.
    """

    rates: dict[str, float]
    patterns: Counter[str]
    rows: dict[str, int] = field(default_factory=dict)
    size: dict[str, int] = field(default_factory=dict)

    @property
    def peak_memory(self) -> int:
        """Most memory this process has used."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def truth_folder(out: Path) -> Path:
    """Where the truth of a raw folder lies: beside it."""
    return out.resolve().parent / "truth"


def read_world(out: Path) -> World | None:
    """The world found at a raw folder; None where there is none.

    Raises WorldError where its description cannot be read.
    """
    path = truth_folder(out) / WORLD_FILE
    if not path.exists():
        return None
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        parameters = known["parameters"]
        parameters["end"] = date.fromisoformat(parameters["end"])
        return World(Parameters(**parameters), tuple(known["appended_days"]))
    except (ValueError, KeyError, TypeError) as error:
        raise WorldError(
            f"{path} cannot be read ({error}): delete it, or write to another folder"
        ) from error


def _write_world(out: Path, world: World, *, complete: bool) -> None:
    """Describes the world beside its truth; not `complete` while files are being written."""
    parameters = asdict(world.parameters) | {"end": world.parameters.end.isoformat()}
    known = {
        "parameters": parameters,
        "appended_days": list(world.appended_days),
        "ends_on": world.last_day.isoformat(),
        "complete": complete,
    }
    path = truth_folder(out) / WORLD_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def create(out: Path, parameters: Parameters, advance: Callable[[int, int], None]) -> Written:
    """Writes a new world; one that this program wrote there before is replaced.

    advance: called with chunks done and chunks in all.
    Raises WorldError where files lie in the way that are not known to be ours.
    """
    if out.exists() and not out.is_dir():
        raise WorldError(f"{out} is a file: name a folder")
    in_the_way = raw_files(out)
    if in_the_way and read_world(out) is None:
        raise WorldError(
            f"{in_the_way[0]} is not from a simulated world (there is no "
            f"{truth_folder(out) / WORLD_FILE}): move it away, or name another folder with --out"
        )
    world = World(parameters)
    _write_world(out, world, complete=False)
    for file in in_the_way:
        file.unlink()
    return _write_batch(out, world, advance)


def append(out: Path, days: int, advance: Callable[[int, int], None]) -> Written:
    """Goes on with the world found at `out` for some days.

    Raises WorldError where there is none, it is not whole, or `days` is not possible.
    """
    known = read_world(out)
    if known is None:
        raise WorldError(
            f"There is no world at {out} to append to: make one first, without --append-days"
        )
    if not json.loads((truth_folder(out) / WORLD_FILE).read_text(encoding="utf-8"))["complete"]:
        raise WorldError(
            f"The world at {out} was not written to its end: make it again, without --append-days"
        )
    last = known.batches[-1].number
    format_ = known.parameters.format
    files = [raw_path(out, table, last, format_) for table in TABLES]
    files += [truth_folder(out) / f"{name}.parquet" for name in TRUTH_SCHEMAS]
    gone = [path for path in files if not path.exists()]
    if gone:
        raise WorldError(f"{gone[0]} is missing: make the world again, without --append-days")
    try:
        world = World(known.parameters, (*known.appended_days, days))
    except ValueError as error:
        raise WorldError(str(error)) from error
    return _write_batch(out, world, advance)


def raw_files(out: Path) -> list[Path]:
    """Files of known tables at a raw folder."""
    return sorted(
        path
        for table in TABLES.values()
        for path in (out / table.source).glob(f"{table.short_name}.*")
        if path.suffix[1:] in FORMATS
    )


def _write_batch(out: Path, world: World, advance: Callable[[int, int], None]) -> Written:
    """Writes the last batch, under other names first: what is there stays whole."""
    batch = world.batches[-1]
    raw = {
        table: TableWriter(
            _unfinished(raw_path(out, table, batch.number, "parquet")), raw_schema(table)
        )
        for table in TABLES
    }
    true = {
        name: TableWriter(_unfinished(truth_folder(out) / f"{name}.parquet"), schema)
        for name, schema in TRUTH_SCHEMAS.items()
    }
    try:
        times = _fill(out, world, advance, raw, true)
        return _finish(out, world, raw, true, Written(world.parameters.patterns, times))
    except BaseException:
        for writer in (*raw.values(), *true.values()):
            writer.discard()
        raise


def _fill(
    out: Path,
    world: World,
    advance: Callable[[int, int], None],
    raw: dict[str, TableWriter],
    true: dict[str, TableWriter],
) -> Counter[str]:
    """All rows of the last batch, chunk by chunk; how often each pattern occurs in the world."""
    batch = world.batches[-1]
    found: list[Identity] = []
    met = pa.nulls(0, pa.string())
    times: Counter[str] = Counter()
    chunks = list(world.chunks(batch))
    for number, chunk in enumerate(chunks):
        advance(number, len(chunks))
        scene = Scene.of(world, batch, chunk)
        carried = []
        for system in SYSTEMS.values():
            for rows in system(scene):
                outcome = spoil(scene, rows)
                raw[rows.table].write(raw_rows(outcome))
                carried.append(identity.carried(scene, outcome))
                true["bad_rows"].write(outcome.bad)
                true["duplicate_rows"].write(outcome.duplicates)
        true["recurring_revenue"].write(pa.concat_tables(scene.recurring))
        records = truth.records(scene.records, scene.people)
        of_chunk = Identity.of(scene, records, pa.concat_tables(carried))
        met = of_chunk.leave_out(met)
        if batch.number == 1:
            times += _tell(true, of_chunk)
        else:
            found.append(of_chunk)
    advance(len(chunks), len(chunks))
    return times if batch.number == 1 else _carry_over(out, true, found)


def _tell(true: dict[str, TableWriter], what: Identity) -> Counter[str]:
    """Writes what is true of identity; how often each pattern occurs in it."""
    true["records"].write(identity.tied(what.records, what.identifiers))
    true["identifiers"].write(what.identifiers)
    true["patterns"].write(what.patterns)
    return identity.times(what)


def _finish(
    out: Path,
    world: World,
    raw: dict[str, TableWriter],
    true: dict[str, TableWriter],
    written: Written,
) -> Written:
    """Ends the files, turns them into the format wanted and gives them their names."""
    format_ = world.parameters.format
    for writer in (*raw.values(), *true.values()):
        writer.close()
    _write_world(out, world, complete=False)
    for table, writer in raw.items():
        path = writer.path if format_ == "parquet" else convert(writer.path, format_)
        final = raw_path(out, table, world.batches[-1].number, format_)
        path.replace(final)
        written.rows[table], written.size[table] = writer.rows, final.stat().st_size
    for name, writer in true.items():
        writer.path.replace(truth_folder(out) / f"{name}.parquet")
    _write_world(out, world, complete=True)
    return written


def _carry_over(out: Path, true: dict[str, TableWriter], found: list[Identity]) -> Counter[str]:
    """The truth of the batches before, then what is new; how often each pattern occurs in both.

    A browser that somebody else uses now is nobody's from here on.
    """
    for name in ("bad_rows", "duplicate_rows"):
        true[name].write(_truth(out, name))
    known, identifiers, patterns = (
        _truth(out, name) for name in ("records", "identifiers", "patterns")
    )
    records = pa.concat_tables([chunk.records for chunk in found])
    place = pc.index_in(records["record_key"], value_set=known["record_key"])
    met_again = records.filter(pc.is_valid(place))
    person = known["person_id"].take(place.drop_null())
    another = pc.not_equal(pc.coalesce(met_again["person_id"], ""), person).fill_null(False)
    shared = pc.is_in(known["record_key"], value_set=met_again["record_key"].filter(another))
    for column in ("person_id", "household_id"):
        alone = pc.if_else(shared, pa.scalar(None, pa.string()), known[column])
        known = known.set_column(known.column_names.index(column), column, alone)
    everything = Identity(
        pa.concat_tables([known, records.filter(pc.is_null(place))]),
        distinct(pa.concat_tables([identifiers, *(chunk.identifiers for chunk in found)])),
        distinct(pa.concat_tables([patterns, *(chunk.patterns for chunk in found)])),
    )
    return _tell(true, everything)


def _truth(out: Path, name: str) -> pa.Table:
    """What a file of the truth says so far."""
    return pq.read_table(truth_folder(out) / f"{name}.parquet").combine_chunks()


def _unfinished(path: Path) -> Path:
    """The name of a file while it is written."""
    return path.with_name(f".{path.name}")

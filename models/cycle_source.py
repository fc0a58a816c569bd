"""What a row of a cycle application, and of its figures, looks like to a reader."""

from models import access
from models.select import Key, Source

NAME = "(SELECT name FROM person WHERE id = y.person_id)"
# What a task is about: a value of the application that is judged, unless it was taken back.
OF_APPLICATION = """(SELECT judged.{} FROM wf_case of_case JOIN cycle_application judged
  ON judged.id = of_case.subject_id AND judged.status <> 'draft' WHERE of_case.id = t.case_id)"""
# Where its case stands, and why the task that is open is open.
OF_CASE = """(SELECT {} FROM wf_case of_case
  LEFT JOIN wf_task open_one ON open_one.case_id = of_case.id AND open_one.status = 'open'
  WHERE of_case.subject_type = 'cycle_application' AND of_case.subject_id = y.id
  ORDER BY of_case.opened_at DESC LIMIT 1)"""
OF_FIGURES = "(SELECT {} FROM cycle_result WHERE application_id = y.id AND current)"
# Are the records newer than the figures of an application that is under way?
STALE = """(y.status IN ('in_review', 'returned', 'blocked') AND EXISTS (SELECT FROM person_total f
  WHERE f.person_id = y.person_id AND f.dirty_version > greatest(f.computed_version,
    (SELECT dirty_version FROM cycle_result WHERE application_id = y.id AND current))))"""
# Would these minimums turn the verdict: hours of each year, from a year on, and courses (L664–672)?
# The current year is added only where it helps, so they are held against the most there could be.
# Figures from before do not know it, and stand in for it.
OTHER_VERDICT = """coalesce((SELECT (judged.verdict = 'pass') <> (
    coalesce(judged.most_hours, judged.total_hours) >= (
      SELECT sum(CASE WHEN (asked->>'year')::int >= {since} THEN {hours}
        ELSE (asked->>'needed')::numeric END)
      FROM jsonb_array_elements(judged.explanation->'years') asked)
    AND coalesce(judged.most_public_courses, judged.public_courses) >= {public}
    AND coalesce(judged.most_professional_courses, judged.professional_courses) >= {professional})
  FROM cycle_result judged WHERE judged.application_id = y.id AND judged.current
    AND judged.first_year IS NOT NULL), false)"""
FIGURES = (
    "person_group",
    "first_year",
    "last_year",
    "required_hours",
    "total_hours",
    "public_hours",
    "professional_hours",
    "elective_hours",
    "days",
    "public_courses",
    "professional_courses",
    "verdict",
    "supplement_used",
    "binding",
    "computed_at",
)

CYCLE_APPLICATION = Source(
    alias="y",
    type_names=("CycleApplication",),
    tables="cycle_application y",
    joins="LEFT JOIN cycle_result g ON g.application_id = y.id AND g.current",
    stored="y.*",
    computed={
        **{name: f"g.{name}" for name in FIGURES},
        "reason": OF_CASE.format("open_one.reason"),
        "stale": STALE,
    },
    readable=access.cycle_applications,
    filters={
        "status": "y.status",
        "reason": OF_CASE.format("open_one.reason"),
        "step": OF_CASE.format("of_case.step_key"),
        "person": "y.person_id",
        "name": NAME,
        "ce_number": "(SELECT ce_number FROM person WHERE id = y.person_id)",
        "employer": "y.employer_id",
        "target_title": "y.target_title",
        "level": "y.level",
        "business": "y.business",
        "discipline": "y.discipline",
        "year": "y.year",
        "applied_on": "y.applied_on",
        "verdict": OF_FIGURES.format("verdict"),
        "binding": OF_FIGURES.format("binding"),
        "stale": STALE,
        "changed_under": OTHER_VERDICT,
    },
    keys={
        "applied_on": Key("coalesce(y.applied_on, 'infinity')", "date"),
        "created_at": Key("y.created_at", "timestamptz"),
        "name": Key(NAME, "text"),
    },
)
# A snapshot brings the one before with it, to be held against.
CYCLE_RESULT = Source(
    alias="g",
    type_names=("CycleResult",),
    tables="cycle_result g",
    stored="g.*",
    computed={
        "decided": """EXISTS (SELECT FROM cycle_application y
          WHERE y.id = g.application_id AND y.decided_number = g.number)""",
        "before": """(SELECT b.explanation FROM cycle_result b
          WHERE b.application_id = g.application_id AND b.number = g.number - 1)""",
    },
    readable=access.cycle_results,
)

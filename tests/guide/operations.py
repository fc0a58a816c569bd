"""The operations of the stories."""

RECORD = """
fragment record on TrainingRecord {
  id version status courseName category declaredHours approvedHours deleted
  warnings { code message }
  availableActions { verb enabled refusal { code message } }
  attachments { id fileName scanState downloadUrl }
  case { id version status timeline { number step { name } what { name } comment person
    organisation at changes { field declared approved } } }
}
"""
ERRORS = """
__typename
... on UserError { code message path }
... on ValidationFailed { problems { code message path } }
... on StateConflict { expected actual by what }
... on Refusal { details { name value } }
"""


def record_mutation(name: str, type_: str) -> str:
    """A mutation that answers with a record."""
    return (
        f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ {ERRORS}"
        f" ... on RecordPayload {{ replayed record {{ ...record }} }} }} }} {RECORD}"
    )


DECLARE = record_mutation("declareRecord", "DeclareRecordInput")
EDIT = record_mutation("editRecord", "EditRecordInput")
DELETE = record_mutation("deleteRecord", "RecordInput")
SUBMIT = record_mutation("submitRecord", "RecordInput")
RECALL = record_mutation("recallRecord", "RecordInput")
READ = f"query ($id: ID!) {{ node(id: $id) {{ ... on TrainingRecord {{ ...record }} }} }} {RECORD}"
LIST = f"""
query ($where: TrainingRecordFilter, $first: Int, $after: String) {{
  trainingRecords(where: $where, first: $first, after: $after) {{
    totalCount nodes {{ ...record }} pageInfo {{ hasNextPage endCursor }} }} }} {RECORD}
"""
TASKS = """
query ($where: TaskFilter) { tasks(where: $where, first: 100) { totalCount nodes {
  id version reason mark { name } overdue dueAt group { name } applicant { name }
  record { id courseName declaredHours attachments { id scanState } }
  claimedBy { name }
  remarks { id text }
  availableActions { act label enabled targets { key } refusal { code message } } } } }
"""
TODO = "{ todoGroups { business { key name } step { key name } count oldest overdue } }"
DECIDE = f"""
mutation ($input: DecideTaskInput!) {{ decideTask(input: $input) {{ {ERRORS}
  ... on TaskPayload {{ replayed
    case {{ id status version openTask {{ id group {{ name }} }} }} }} }} }}
"""
DECIDE_MANY = f"""
mutation ($input: DecideTasksInput!) {{ decideTasks(input: $input) {{ {ERRORS}
  ... on DecideTasksPayload {{ accepted refused items {{ taskId error {{ code message }} }} }} }} }}
"""
CLAIM = f"""
mutation ($input: TaskInput!) {{ claimTask(input: $input) {{ {ERRORS}
  ... on TaskPayload {{ task {{ claimedBy {{ name }} version }} }} }} }}
"""
ANNUAL = """
query ($year: Int!) { viewer { person { staleSince } }
  annualResults(where: { year: { eq: $year } }, first: 1) { nodes {
    year number totalHours publicHours professionalHours electiveHours verdict binding staleSince
    explanation { findings { code needed had missing met sentence }
      lines { record { id } counted hours reason sentence } remedy source } } } }
"""
SIGN_OUT = "mutation { signOut }"
VIEWER = """
{ viewer { login person { name profile { missing } }
  seat { userType may { key name } organisation { name } } seats { id userType } } }
"""

"""The inbox in ten lines of Python: `python docs/clients/python.py ORIGIN TOKEN`."""

import sys

import httpx

INBOX = """{ tasks(first: 5, orderBy: [{ field: DUE_AT }]) { totalCount
  nodes { applicant { name } record { courseName declaredHours } dueAt overdue } } }"""

origin, token = sys.argv[1:]
with httpx.Client(base_url=origin, headers={"Authorization": f"Bearer {token}"}) as client:
    answer = client.post("/graphql", json={"query": INBOX}).raise_for_status().json()
tasks = answer["data"]["tasks"]
for task in tasks["nodes"]:
    print(task["dueAt"], task["applicant"]["name"], task["record"]["courseName"], sep="\t")
print(tasks["totalCount"], "in all")

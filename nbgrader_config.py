"""nbgrader's settings: where this course keeps what nbgrader reads and writes."""

import os
from pathlib import Path

root = Path(__file__).resolve().parent
folder = os.environ.get("COURSE_CLASS", "class")  # `course formgrade --class` sets it
(root / folder).mkdir(exist_ok=True)  # nbgrader makes the gradebook in it, but not the folder
c = get_config()  # noqa: F821 - the loader's own: the one of traitlets belongs to a running application

c.CourseDirectory.course_id = "optimization-to-autodiff"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "build/source"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.submitted_directory = f"{folder}/submitted"
c.CourseDirectory.autograded_directory = f"{folder}/autograded"
c.CourseDirectory.feedback_directory = f"{folder}/feedback"
c.CourseDirectory.solution_directory = "build/solutions"
c.CourseDirectory.db_url = f"sqlite:///{root / folder}/gradebook.db"
# In the source an answer's folder is build/source/<lab>, without a student's name between.
c.CourseDirectory.directory_structure = "{nbgrader_step}/{student_id}/{assignment_id}"

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # write your answer here, and delete this line"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
# A student's long cell is a student's mistake, not a reason to wait for ever.
c.ExecutePreprocessor.timeout = 60

# Feedback that formgrader makes shows no hidden check. (What students show is made harmless by `course grade`.)
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# `nbgrader autograde` and formgrader's button grade as `course grade` does: in processes of their own, by the judge.
c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.ClearOutput"]
c.Autograde.autograde_preprocessors = [
    "autograder.gradebook.preprocessors.GradeSafely",
    "autograder.gradebook.preprocessors.SaveVerdicts",
]

# What lateness costs stands in course.toml, under [late], for nbgrader's commands and for `course grade`.
c.AssignLatePenalties.plugin_class = "autograder.gradebook.late.LatePenalty"

# Hidden checks compare with the reference solutions: stock nbgrader's kernels find them here.
reference = str(root / "build" / "reference")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [reference, os.environ.get("PYTHONPATH")]))

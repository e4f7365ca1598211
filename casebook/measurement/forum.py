"""The posts of a forum, taken apart: what is asked, what is answered, and who writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casebook.measurement.participation import Participation, participation

_SECONDS_A_MONTH = 365 / 12 * 86_400


@dataclass(frozen=True)
class Forum:
    """Questions, answers and writers of a forum; `Forum.of(posts)` finds them."""

    questions: Any
    """The rows of the posts that ask."""
    answers: Any
    """The rows of the posts that answer."""
    first_answer: Any
    """When each question got its first answer; NaT where it has none."""
    accepted: Any
    """Whether each question has an accepted answer."""
    writers: Participation
    """How posts are spread over those who write."""

    @classmethod
    def of(cls, posts: Any) -> Forum:
        """Take apart a DataFrame with one row a post.

        Columns: `post_id`, `post_type` (question or answer), `parent_id`, `accepted_answer_id`, `created_at`
        (times), `user_id`, and `views` of questions.
        """
        questions = posts[posts["post_type"] == "question"]
        answers = posts[posts["post_type"] == "answer"]
        return cls(
            questions=questions,
            answers=answers,
            first_answer=questions["post_id"].map(answers.groupby("parent_id")["created_at"].min()),
            accepted=questions["accepted_answer_id"].notna(),
            writers=participation(posts["user_id"], role=posts["post_type"]),
        )

    @property
    def period(self) -> tuple[Any, Any]:
        """The times of the first and of the last post."""
        times = self.questions["created_at"], self.answers["created_at"]
        return min(each.min() for each in times), max(each.max() for each in times)

    @property
    def months(self) -> float:
        """How long the period is, in months of a twelfth of a year."""
        first, last = self.period
        return float((last - first).total_seconds() / _SECONDS_A_MONTH)

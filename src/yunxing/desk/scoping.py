"""Default-deny scope (design: screens §2, exemplars 5): a query of a scoped model without an active scope raises.

The scope is active for the length of a request (`people.middleware`) or of a `with acting_in(scope)`. A model that inherits `ScopedModel`
is filtered on every way in: its default manager and also its base manager, which forward relations, `refresh_from_db`, `save` and `delete` use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models
from django.db.models import Q
from django.db.models.signals import class_prepared

from yunxing.values.scope import ALL, Codes, Scope, require

SYSTEM = "system:"
_active: ContextVar[Scope | None] = ContextVar("yunxing_scope", default=None)


def current_scope() -> Scope:
    """The scope in force; `ScopeError` when there is none."""
    return require(_active.get())


@contextmanager
def acting_in(scope: Scope) -> Iterator[Scope]:
    """The scope is in force inside the block; the former one (or none) afterwards."""
    token = _active.set(scope)
    try:
        yield scope
    finally:
        _active.reset(token)


@contextmanager
def acting_as_system(task: str) -> Iterator[Scope]:
    """Everything is seen inside the block: for the command line and workers, which no person's scope limits. `task` says who: `system:<task>`."""
    with acting_in(Scope(ALL, ALL, ALL, 4, f"{SYSTEM}{task}")) as scope:
        yield scope


def is_system(scope: Scope) -> bool:
    """Whether the scope is that of `acting_as_system`; the mark cannot be part of an account's name."""
    return scope.person.startswith(SYSTEM)


def is_desk(scope: Scope) -> bool:
    """Whether the scope is a desk role's: it sees internal data of some office or of a whole unit. Administrators and enterprises are none."""
    return scope.sees_level(2) and (scope.parties is ALL or bool(scope.offices))


def nameless(scope: Scope) -> bool:
    """Whether the scope reads the whole city and no party by name: an analyst's. Rows that carry firms' names are kept from it, whatever office they belong to."""
    return scope.offices is ALL and scope.parties is not ALL and not scope.parties


Row = TypeVar("Row", bound=models.Model)

if TYPE_CHECKING:
    _ManagerOf = models.Manager[Row]
else:

    class _ManagerOf(models.Manager):
        """At run time the manager takes no type argument."""

        def __class_getitem__(cls, _item: Any) -> Any:
            """`ScopedManager[Model]` is the manager itself."""
            return cls


class ScopedManager(_ManagerOf[Row]):
    """Gives only the rows within the active scope; raises `ScopeError` when none is active."""

    def get_queryset(self) -> models.QuerySet[Row]:
        """The rows that the person may see."""
        model: Any = self.model
        return super().get_queryset().filter(model.within(current_scope()))


class ScopedModel(models.Model):
    """A table whose rows belong to someone. Name the lookups that hold the reporting unit's, office's and party's codes, or override `within`.

    A row that names no party is about the whole unit, so it is seen only by those who see all of the unit's parties:
    an enterprise, whose scope holds its reporting unit, does not thereby see the county's own rows.
    """

    scope_unit: ClassVar[str] = ""
    scope_office: ClassVar[str] = ""
    scope_party: ClassVar[str] = ""
    names_parties: ClassVar[bool] = False
    """Rows carry firms' names: who reads the whole city and no firm by name sees none of them, whatever office they belong to."""

    objects: ClassVar[ScopedManager[Any]] = ScopedManager()

    class Meta:
        abstract = True

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The condition on rows that `scope` sees: its office's, or its units' and parties'. A model that names no lookup shows nothing."""
        ways = Q(pk__in=[])
        if cls.names_parties and nameless(scope):
            return ways
        if cls.scope_office:
            ways |= one_of(cls.scope_office, scope.offices)
        if cls.scope_unit and cls.scope_party:
            ways |= one_of(cls.scope_unit, scope.units) & one_of(cls.scope_party, scope.parties)
        elif cls.scope_unit:
            ways |= unit_wide(scope, cls.scope_unit)
        return ways

    @classmethod
    def seen_by(cls, scope: Scope) -> models.QuerySet[Any]:
        """The rows that `scope` sees, also outside a request: for the condition of another model."""
        return models.QuerySet(cls).filter(cls.within(scope))


def unit_wide(scope: Scope, lookup: str) -> Q:
    """The condition on rows about a whole unit: its code is in the scope, and the scope sees all of the unit's parties."""
    return one_of(lookup, scope.units) if scope.parties is ALL else Q(pk__in=[])


def one_of(lookup: str, codes: Codes) -> Q:
    """The row's code is one of `codes`; ALL is no condition but still not an empty one, so that `|` keeps its meaning."""
    return ~Q(pk__in=[]) if codes is ALL else Q(**{f"{lookup}__in": sorted(codes)})


def _keep_relations_scoped(sender: type[models.Model], **_kwargs: Any) -> None:
    """Relations, `refresh_from_db`, `save` and `delete` go through the base manager, so it is the scoped one, whatever the model's Meta says."""
    if issubclass(sender, ScopedModel):
        sender._meta.base_manager_name = "objects"


class_prepared.connect(_keep_relations_scoped)


@register()
def check_base_managers(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001  # the framework passes it
    """Every scoped model has the scoped manager as its default and its base manager: another one would open a way round."""
    return [
        Error(f"{model.__name__} is scoped but has a manager that is not", hint="leave `objects` as it is", obj=model, id="yunxing.E001")
        for model in apps.get_models()
        if issubclass(model, ScopedModel)
        and not (isinstance(model._base_manager, ScopedManager) and isinstance(model._default_manager, ScopedManager))
    ]

"""Django's PostgreSQL backend with the features off that `gaussdb-django` declares absent, serial keys, names of at most 30 characters,
and a wrapper that refuses the words. With `OPTIONS = {"empty_is_null": …}` it also takes '' for NULL, as Oracle-like modes do.
"""

from __future__ import annotations

from django.db import NotSupportedError
from django.db.backends.postgresql import base, features, operations, schema

from backends.narrow.words import refused_in

TEXTS = {"CharField", "TextField", "SlugField", "EmailField", "URLField"}


def _written(value, expression, connection):
    return "" if value is None else value


class DatabaseFeatures(features.DatabaseFeatures):
    """What an old relative of PostgreSQL has not."""

    supports_partial_indexes = False
    supports_expression_indexes = False
    supports_covering_indexes = False
    supports_index_column_ordering = False
    supports_aggregate_filter_clause = False
    supports_table_check_constraints = False
    supports_column_check_constraints = False
    can_introspect_check_constraints = False
    supports_json_field_contains = False
    has_native_json_field = True
    has_json_operators = False
    supports_json_negative_indexing = False
    supports_ignore_conflicts = False
    supports_update_conflicts = False
    supports_update_conflicts_with_target = False
    has_select_for_update_skip_locked = False
    has_select_for_no_key_update = False
    supports_deferrable_unique_constraints = False
    supports_nulls_distinct_unique_constraints = False
    supports_unlimited_charfield = False
    supports_stored_generated_columns = False
    has_case_insensitive_like = True

    @property
    def interprets_empty_strings_as_nulls(self):
        return self.connection.empty_is_null


class DatabaseOperations(operations.DatabaseOperations):
    """Names are cut at 30 characters, as one vendor's backend cuts them."""

    compiler_module = "django.db.models.sql.compiler"  # PostgreSQL's own inserts many rows by way of arrays

    def max_name_length(self):
        return 30

    def get_db_converters(self, expression):
        """Where '' is NULL, a text field reads NULL as '', as Django's own backend for such a database does."""
        converters = super().get_db_converters(expression)
        field = expression.output_field
        if self.connection.empty_is_null and field.empty_strings_allowed and not field.null and field.get_internal_type() in TEXTS:
            converters.append(_written)
        return converters


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Indexes lose their condition and included columns, and those on expressions vanish like check constraints, as Django does for databases without them (W037, W040, W043)."""

    sql_create_index = "CREATE INDEX %(name)s ON %(table)s%(using)s (%(columns)s)%(extra)s"
    sql_create_unique_index = "CREATE UNIQUE INDEX %(name)s ON %(table)s (%(columns)s)"

    def add_index(self, model, index, concurrently=False):
        if not index.expressions:  # a library may deny that it contains any
            super().add_index(model, index, concurrently)

    def remove_index(self, model, index, concurrently=False):
        if not index.expressions:  # a library may deny that it contains any
            super().remove_index(model, index, concurrently)

    def _check_sql(self, name, check):
        return None

    def _create_check_sql(self, model, name, check):
        return None

    def _delete_check_sql(self, model, name):
        return None


def _refuse(execute, sql, params, many, context):
    found = refused_in(str(sql))
    if found:
        raise NotSupportedError(f"the narrow lane refuses {', '.join(found)}: {str(sql)[:300]}")
    if context["connection"].empty_is_null and params:
        params = [_nulls(row) for row in params] if many else _nulls(params)
    return execute(sql, params, many, context)


def _nulls(params):
    if isinstance(params, dict):
        return {name: None if value == "" else value for name, value in params.items()}
    return tuple(None if isinstance(value, str) and value == "" else value for value in params)


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend `backends.narrow`."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor
    data_types = base.DatabaseWrapper.data_types | {"AutoField": "serial", "BigAutoField": "bigserial", "SmallAutoField": "smallserial"}
    data_types_suffix = {}
    data_type_check_constraints = {}

    def __init__(self, settings_dict, *args, **kwargs):
        super().__init__(settings_dict, *args, **kwargs)
        self.empty_is_null = settings_dict["OPTIONS"].get("application_name") == "empty_is_null"
        self.execute_wrappers.append(_refuse)

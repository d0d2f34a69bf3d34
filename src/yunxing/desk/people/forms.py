"""Forms of accounts and posts. They only read what was typed; the services decide."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yunxing.desk.people.models import Role, Unit, User


class AccountForm(forms.Form):
    """A new account."""

    username = forms.CharField(label=_("账户名"), max_length=150)
    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("办公电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("电子邮箱"), required=False)


class GrantForm(forms.Form):
    """A post for someone."""

    user = forms.ModelChoiceField(label=_("人员"), queryset=User.objects.none())
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    since = forms.DateField(label=_("起始日期"), initial=timezone.localdate)
    until = forms.DateField(label=_("截止日期"), required=False)
    is_head = forms.BooleanField(label=_("单位负责人（接收催办）"), required=False)
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["user"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.all()  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """Someone leaves, someone takes over."""

    user = forms.ModelChoiceField(label=_("离岗人员"), queryset=User.objects.none())
    successor = forms.ModelChoiceField(label=_("接收人"), queryset=User.objects.none())
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in ("user", "successor"):
            self.fields[name].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """A post ends today."""

    reason = forms.CharField(label=_("事由"), max_length=200)

"""Chat templates that want all the time or memory there is, and a process that may have little of either.

``python hostile_templates.py`` renders them one after another and prints JSON: attack -> why it was refused.
"""

from __future__ import annotations

import json
import resource
from typing import Final

from windowsill.engine.chat_template import ChatTemplate
from windowsill.engine_protocol import Turn
from windowsill.errors import NotSupportedError

MEMORY_BYTES: Final = 2**30
CPU_SECONDS: Final = 100

DOUBLED: Final = 60
MANY: Final = 99_999
EACH: Final = f"{{% for _ in range({MANY}) %}}"

ATTACKS: Final = {
    "loops in loops": f"{EACH}{EACH}{{% set a = 1 %}}{{% endfor %}}{{% endfor %}}",
    "macro without end": "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    "macro that branches": ("{% macro one(n) %}{{ one(n - 1) ~ one(n - 1) if n }}{% endmacro %}{{ one(40) }}"),
    "multiplied text": "{{ 'x' * 10000000000 }}",
    "text multiplied from the left": "{{ 10000000000 * 'x' }}",
    "multiplied list": "{{ [1] * 10000000000 }}",
    "multiplied tuple": "{{ (1, 2) * 10000000000 }}",
    "doubled text": "{% set s = 'xxxxxxxx' %}" + "{% set s = s ~ s %}" * DOUBLED + "{{ s }}",
    "added text": "{% set s = 'xxxxxxxx' %}" + "{% set s = s + s %}" * DOUBLED + "{{ s }}",
    "doubled block": "{% set s = 'xxxxxxxx' %}" + "{% set s %}{{ s }}{{ s }}{% endset %}" * DOUBLED + "{{ s }}",
    "doubled list": "{% set s = [1] %}" + "{% set s = s + s %}" * DOUBLED + "{{ s }}",
    "lists of themselves": "{% set s = [1] %}" + "{% set s = [s, s] %}" * DOUBLED + "{{ s }}",
    "compared lists of themselves": (
        "{% set s = [1] %}{% set t = [1] %}" + "{% set s = [s, s] %}{% set t = [t, t] %}" * DOUBLED + "{{ s == t }}"
    ),
    "tables of themselves": "{% set s = {} %}" + "{% set s = {'a': s, 'b': s} %}" * DOUBLED + "{{ s | tojson }}",
    "tables by call": "{% set s = {} %}" + "{% set s = dict(a=s, b=s) %}" * DOUBLED + "{{ s }}",
    "name spaces of themselves": (
        "{% set s = namespace() %}" + "{% set s = namespace(a=s, b=s) %}" * DOUBLED + "{{ s }}"
    ),
    "tuples in tuples, as a key": (
        "{% set n = namespace(t=()) %}" + EACH + "{% set n.t = (n.t,) %}{% endfor %}{{ {n.t: 1} }}"
    ),
    "lists in lists": "{% set n = namespace(t=[]) %}" + EACH + "{% set n.t = [n.t] %}{% endfor %}{{ n.t }}",
    "kept texts": (
        "{% set s = 'x' * 1000000 %}{% set n = namespace(t=[]) %}"
        + EACH
        + "{% set n.t = n.t + [s ~ loop.index] %}{% endfor %}"
    ),
    "kept slices": "{% set s = 'x' * 1000000 %}" + "".join(f"{{% set s{n} = s[{n}:] %}}" for n in range(2000)),
    "printed lists": "{% set s = range(50000) | list %}{% set p %}" + EACH + "{{ s }}{% endfor %}{% endset %}",
    "long print": "{% set s = 'x' * 1000000 %}" + EACH + "{{ s }}{% endfor %}",
    "power": "{{ 10 ** (10 ** 10) }}",
    "squared number": "{% set n = namespace(x=9) %}" + EACH + "{% set n.x = n.x * n.x %}{% endfor %}{{ n.x }}",
    "wide format": "{{ '%1000000000d' % 1 }}",
    "wide format by method": "{{ '{:1000000000}'.format(1) }}",
    "wide format by nested field": "{{ '{:{}}'.format(1, 1000000000) }}",
    "large format": "{{ ('{0}' * 100000).format('x' * 100000) }}",
    "format of itself": "{% set s = '{0}{0}' %}" + "{% set s = s.format(s) %}" * DOUBLED + "{{ s }}",
    "format that walks to what is inside": "{{ '{0.__class__.__mro__}{0[0]}'.format('x') }}",
    "wide format by filter": "{{ '%1000000000d' | format(1) }}",
    "centred text": "{{ 'x' | center(1000000000) }}",
    "text centred by method": "{{ 'x'.center(1000000000) }}",
    "padded text": "{{ 'x'.zfill(1000000000) }}",
    "tabs": "{{ '\\t'.expandtabs(1000000000) }}",
    "indented text": "{{ ('x\\n' * 100000) | indent('y' * 1000000) }}{{ 'x' | indent(1000000000, true) }}",
    "replaced text": "{{ ('x' * 100000).replace('x', 'y' * 100000) }}",
    "text replaced by filter": "{{ ('x' * 100000) | replace('x', 'y' * 100000) }}",
    "text replaced everywhere": "{{ ('x' * 100000).replace('', 'y' * 100000) }}",
    "joined text": "{{ ('y' * 100000).join(range(99999)) }}",
    "text joined by filter": "{{ range(99999) | join('y' * 100000) }}",
    "text joined by reference": "{% set j = 'y' * 100000 %}{{ [range(9999)] | map('join', j) | join }}",
    "batches": "{{ [1] | batch(1000000000, 'x') | list }}",
    "prose": "{{ lipsum(1000000000) }}",
    "indented JSON": "{{ [1, [2]] | tojson(indent=1000000000) }}",
    "rounded number": "{{ 1.5 | round(1000000000) }}",
    "large range": "{{ range(10000000000) | list }}",
    "sorted for long": (
        "{% set s = range(50000) | list %}" + EACH + "{% set t = s | sort(reverse=true) | unique | list %}{% endfor %}"
    ),
    "one line that works for long": (
        "{% set s = range(50000) | list %}" + ("{% set t = s " + "| sort" * 100 + " %}") * 80
    ),
    "wide time": "{{ strftime_now('%1000000000d' * 100) }}",
    "deep expression": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "deep negation": "{{ " + "not " * 15_000 + "1 }}",
    "deep blocks": "{% if 1 %}" * 3_000 + "{% endif %}" * 3_000,
    "long sum": "{{ 1" + "+1" * 30_000 + " }}",
    "long chain": "{{ messages" + ".a" * 30_000 + " }}",
    "many names": "".join(f"{{% set a{n} = {n} %}}{{% if a{n} %}}{{% endif %}}" for n in range(1300)),
}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    refused: dict[str, str] = {}
    for name, source in ATTACKS.items():
        try:
            ChatTemplate(source).render([Turn(role="user", content="Hi")])
        except NotSupportedError as error:
            refused[name] = error.detail
    print(json.dumps(refused))


if __name__ == "__main__":
    main()

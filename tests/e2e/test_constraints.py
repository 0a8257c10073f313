"""``responseConstraint`` in a page, answered by the built-in model, which by itself would say anything but JSON."""

from __future__ import annotations

from typing import Any

from support.desk import Desk

SETUP = """
  const schema = {
    type: 'object', required: ['animal', 'legs'], additionalProperties: false,
    properties: {animal: {enum: ['cat', 'bird']}, legs: {type: 'integer', minimum: 0, maximum: 8}},
  };
  const matches = ({animal, legs}) => ['cat', 'bird'].includes(animal) && Number.isInteger(legs) && legs <= 8;
  const failure = promise => promise.then(() => 'no error', e => `${e.constructor.name} ${e.name}`);
  const session = await LanguageModel.create();
"""


def ask(desk: Desk, script: str) -> Any:
    """What ``script`` returns, with a session and what is above."""
    return desk.page().evaluate(f"async () => {{ {SETUP} {script} }}")


def test_an_answer_and_a_stream_are_json_of_the_schema(shared_desk: Desk) -> None:
    seen = ask(
        shared_desk,
        """
        const answer = JSON.parse(await session.prompt('Tell me a story about a cat.', {responseConstraint: schema}));
        let text = '';
        for await (const chunk of session.promptStreaming('And a bird?', {responseConstraint: schema})) text += chunk;
        return {answer: matches(answer), stream: matches(JSON.parse(text)), free: await session.prompt('Hello!')};
        """,
    )
    assert seen["answer"]
    assert seen["stream"]
    assert "{" not in seen["free"], "a constraint is of its call only"


def test_a_regular_expression_of_any_realm_covers_the_whole_answer(shared_desk: Desk) -> None:
    seen = ask(
        shared_desk,
        """
        const frame = document.body.appendChild(document.createElement('iframe'));
        const foreign = new frame.contentWindow.RegExp('yes|no', 'i');
        const ours = await session.prompt('Is the sky blue?', {responseConstraint: /[0-9]{3}-[a-f]{2}/});
        const theirs = await session.prompt('Is the sky blue?', {responseConstraint: foreign});
        return {ours, theirs, foreign: !(foreign instanceof RegExp)};
        """,
    )
    assert seen["foreign"]
    digits, letters = seen["ours"].split("-")
    assert (len(digits), digits.isdecimal()) == (3, True)
    assert (len(letters), set(letters) <= set("abcdef")) == (2, True)
    assert seen["theirs"].lower() in {"yes", "no"}


def test_prefix_and_answer_together_meet_the_constraint(shared_desk: Desk) -> None:
    seen = ask(
        shared_desk,
        """
        const begun = text => [{role: 'user', content: 'A bird?'}, {role: 'assistant', content: text, prefix: true}];
        const prefix = '{\\n  "animal": "bird",\\n  ';
        const rest = await session.prompt(begun(prefix), {responseConstraint: schema});
        const word = await session.prompt(begun('ye'), {responseConstraint: /yes|no/});
        const usage = session.contextUsage;
        const contradicts = await failure(session.prompt(begun('maybe'), {responseConstraint: /yes|no/}));
        const measured = await failure(session.measureContextUsage(begun('maybe'), {responseConstraint: /yes|no/}));
        return {rest, ok: matches(JSON.parse(prefix + rest)), word, contradicts, measured,
                unchanged: usage === session.contextUsage, after: await session.prompt('Hello!')};
        """,
    )
    assert seen["ok"]
    assert not set(seen["rest"]) & set(" \t\n")
    assert seen["word"] == "s"
    assert seen["contradicts"] == seen["measured"] == "DOMException NotSupportedError"
    assert seen["unchanged"]
    assert seen["after"]


def test_what_cannot_be_served_is_refused_and_leaves_the_session_as_it_was(shared_desk: Desk) -> None:
    seen = ask(
        shared_desk,
        """
        const circle = {}; circle.self = circle;
        const impossible = [circle, {type: 'thing'}, {not: {type: 'string'}}, /(?=a)b/, {const: 'x'.repeat(70000)}];
        const errors = [];
        for (const responseConstraint of impossible) {
          errors.push(await failure(session.prompt('Hello!', {responseConstraint})));
          errors.push(await failure(session.measureContextUsage('Hello!', {responseConstraint})));
        }
        let thrown = null;
        try { session.promptStreaming('Hello!', {responseConstraint: circle}); } catch (e) { thrown = e.name; }
        const stream = session.promptStreaming('Hello!', {responseConstraint: {type: 'thing'}});
        const streamed = await failure(stream.getReader().read());
        const lonely = await failure(session.prompt('Hello!', {omitResponseConstraintInput: true}));
        return {errors: [...new Set(errors)], thrown, streamed, lonely, usage: session.contextUsage,
                after: await session.prompt('Hello!')};
        """,
    )
    assert seen["errors"] == ["DOMException NotSupportedError"]
    assert seen["thrown"] == "NotSupportedError"
    assert seen["streamed"] == "DOMException NotSupportedError"
    assert seen["lonely"] == "TypeError TypeError"
    assert seen["usage"] == 0
    assert seen["after"]


def test_a_refused_constraint_evicts_nothing(shared_desk: Desk) -> None:
    seen = ask(
        shared_desk,
        """
        let overflows = 0;
        session.oncontextoverflow = () => { overflows += 1; };
        const filler = 'The sun is warm and the sky is blue. '.repeat(10);
        const size = await session.measureContextUsage(filler);
        for (let round = 0; round < Math.floor(session.contextWindow / size); round += 1) await session.append(filler);
        const usage = session.contextUsage;
        const refused = await failure(session.prompt(filler, {responseConstraint: {type: 'thing'}}));
        return {refused, overflows, unchanged: usage === session.contextUsage};
        """,
    )
    assert seen == {"refused": "DOMException NotSupportedError", "overflows": 0, "unchanged": True}


def test_an_answer_that_would_never_end_ends_as_its_constraint_asks(shared_desk: Desk) -> None:
    seen = ask(
        shared_desk,
        """
        const ask = async (input, responseConstraint) => {
          const session = await LanguageModel.create();
          return await session.prompt(input, {responseConstraint});
        };
        const of = properties =>
          ({type: 'object', required: Object.keys(properties), additionalProperties: false, properties});
        const email = /^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$/;
        const {Rating} = JSON.parse(await ask('Rate: good', of({Rating: {type: 'number', minimum: 0, maximum: 5}})));
        const {name, age} = JSON.parse(await ask('A person', of({name: {type: 'string'}, age: {type: 'number'}})));
        const colours = JSON.parse(await ask('Three colours', {type: 'array', items: {type: 'string'}}));
        await session.prompt('Hello!');
        const later = await session.prompt('Create an email address', {responseConstraint: email});
        const sentence = await ask('Write a sentence', /^[A-Z][a-z ]+\\.$/);
        return {rated: 0 <= Rating && Rating <= 5, person: [typeof name, typeof age],
                colours: colours.every(colour => typeof colour === 'string'),
                email: email.test(await ask('Create an email address', email)),
                later: email.test(later), sentence: sentence.endsWith('.')};
        """,
    )
    assert seen == {
        "rated": True,
        "person": ["string", "number"],
        "colours": True,
        "email": True,
        "later": True,
        "sentence": True,
    }


def test_an_answer_that_no_window_holds_is_a_syntax_error_of_the_dom(shared_desk: Desk) -> None:
    seen = ask(
        shared_desk,
        """
        const error = await session.prompt('Hello!', {responseConstraint: /a{20000,}/}).catch(e => e);
        return {name: error.name, dom: error instanceof DOMException, js: error instanceof SyntaxError,
                usage: session.contextUsage, after: await session.prompt('Hello!')};
        """,
    )
    assert (seen["name"], seen["dom"], seen["js"]) == ("SyntaxError", True, False)
    assert seen["usage"] == 0
    assert seen["after"]


def test_the_schema_that_the_model_is_told_of_is_measured_and_used(shared_desk: Desk) -> None:
    seen = ask(
        shared_desk,
        """
        const measure = options => session.measureContextUsage('A bird?', options);
        const plain = await measure();
        const told = await measure({responseConstraint: schema});
        const omitted = await measure({responseConstraint: schema, omitResponseConstraintInput: true});
        const pattern = await measure({responseConstraint: /yes|no/});
        const answer = await session.prompt('A bird?', {responseConstraint: schema});
        const reply = await session.measureContextUsage([{role: 'assistant', content: answer}]);
        return {plain, told, omitted, pattern, grown: session.contextUsage - reply};
        """,
    )
    assert seen["plain"] == seen["omitted"] == seen["pattern"]
    assert seen["told"] == seen["grown"] > seen["plain"]

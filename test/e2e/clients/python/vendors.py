"""
Asks a gateway through the official SDKs of Anthropic and OpenAI, in front of each model that is given as an argument. It prints one JSON
object a model: what each way to ask brought.
"""

import json
import os
import sys

import anthropic
import openai
from pydantic import BaseModel

url, key = os.environ["GATEWAY_URL"], os.environ["GATEWAY_KEY"]
claude = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)
gpt = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
hello = {"max_tokens": 500, "messages": [{"role": "user", "content": "Hello"}]}


class Place(BaseModel):
    city: str


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def streamed_message(model):
    with claude.messages.stream(model=model, **hello) as stream:
        pieces = "".join(stream.text_stream)
        return [pieces, text_of(stream.get_final_message())]


def streamed_response(model):
    with gpt.responses.stream(model=model, input="Hello") as stream:
        pieces = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        return [pieces, stream.get_final_response().output_text]


def refused(call):
    try:
        call()
        return None
    except (anthropic.APIStatusError, openai.APIStatusError) as error:
        return [type(error).__name__, error.status_code]


def ask(model):
    return {
        "message": text_of(claude.messages.create(model=model, **hello)),
        "streamed message": streamed_message(model),
        "tokens": claude.messages.count_tokens(model=model, messages=hello["messages"]).input_tokens,
        "response": gpt.responses.create(model=model, input="Hello").output_text,
        "streamed response": streamed_response(model),
        "parsed": gpt.responses.parse(model=model, input="Hello", text_format=Place).output_parsed.city,
        "background": refused(lambda: gpt.responses.create(model=model, input="Hello", background=True)),
        "unknown": refused(lambda: claude.messages.create(model="nobody/none", **hello)),
    }


for model in sys.argv[1:]:
    print(json.dumps({"model": model, **ask(model)}), flush=True)

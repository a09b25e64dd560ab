"""
Asks a gateway through the official SDK. Each line of standard input is a question, a JSON object with an id, the method of the SDK
and its arguments; each line of standard output is what came of one, in the order in which they end.
"""

import json
import os
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

from openrouter import OpenRouter
from openrouter.errors import OpenRouterError, ResponseValidationError
from openrouter.utils.eventstreaming import EventStream

# It warns when it writes a value that its lists do not have, such as the name of a provider; reading takes all.
warnings.simplefilter("ignore")

client = OpenRouter(server_url=os.environ["GATEWAY_URL"], api_key=os.environ["GATEWAY_KEY"])


def read(reply):
    if isinstance(reply, EventStream):
        with reply:
            return [read(chunk) for chunk in reply]
    # The page of a list holds the reply and a function that asks for the next.
    return getattr(reply, "result", reply).model_dump(mode="json", by_alias=True)


def ask(question):
    method = reduce(getattr, question["method"].split("."), client)
    try:
        # Left alone it repeats a request that failed with a 5xx for an hour.
        return {"reply": read(method(**question["arguments"], retries=None))}
    except ResponseValidationError as error:
        return {"undecodable": str(error)}
    except OpenRouterError as error:
        return {"status": error.status_code, "error": type(error).__name__}
    except Exception as error:
        return {"undecodable": repr(error)}


def answer(line):
    question = json.loads(line)
    sys.stdout.write(json.dumps({"id": question["id"], **ask(question)}) + "\n")
    sys.stdout.flush()


with ThreadPoolExecutor(max_workers=16) as threads:
    for line in sys.stdin:
        threads.submit(answer, line)

"""Pullquote: ask your own documents; the answer is the sentence that says it, quoted word for word."""

from qa.chatbot import Chatbot, ask
from qa.records import Answer, DocumentRecord, Hit, Quote
from qa.settings import Settings

__all__ = ["Answer", "Chatbot", "DocumentRecord", "Hit", "Quote", "Settings", "ask"]

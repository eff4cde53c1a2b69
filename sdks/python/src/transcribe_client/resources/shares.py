"""Share links: addresses at which anyone may read one transcript."""

from transcribe_client.flows import Flow
from transcribe_client.models import Share
from transcribe_client.operations import Kind, Resource, listing, operation
from transcribe_client.pages import Listing
from transcribe_client.params import ListSharesQuery, NewShare, ShareChanges
from transcribe_client.requests import path
from transcribe_client.typed import Unpack


class Shares(Resource[Kind]):
    """`client.shares`"""

    @operation("create_share")
    def create(
        self, transcription_id: str, *, idempotency_key: str | None = None, **body: Unpack[NewShare]
    ) -> Flow[Share]:
        """A new link; its `url` is what to send."""
        at = _of_transcription(transcription_id)
        return self._read(Share, "POST", at, body=body, idempotency_key=idempotency_key)

    @listing("list_shares")
    def list(self, transcription_id: str, **query: Unpack[ListSharesQuery]) -> Listing[Share]:
        """The links of a transcription, newest first."""
        return self._list(Share, _of_transcription(transcription_id), query)

    @operation("get_share")
    def get(self, share_id: str) -> Flow[Share]:
        """It as it stands, with how often it was opened."""
        return self._read(Share, "GET", path("shares", share_id))

    @operation("update_share")
    def update(self, share_id: str, **body: Unpack[ShareChanges]) -> Flow[Share]:
        """Change when it ends, its password or what it shows; the address stays."""
        return self._read(Share, "PATCH", path("shares", share_id), body=body)

    @operation("delete_share")
    def delete(self, share_id: str) -> Flow[None]:
        """End it at once."""
        yield from self._call("DELETE", path("shares", share_id))


def _of_transcription(transcription_id: str) -> str:
    return path("transcriptions", transcription_id, "shares")

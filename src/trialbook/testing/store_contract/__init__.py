"""What every store must do, as tests: `StoreContract` is `store.interface` made executable.

A back end passes by subclassing it::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self, open_again):
            return open_again()

        @pytest.fixture
        def open_again(self, tmp_path):
            with contextlib.ExitStack() as stack:
                yield lambda: stack.enter_context(contextlib.closing(open_my_store(tmp_path)))
"""

from __future__ import annotations

from trialbook.testing.store_contract.arrivals import ArrivalContract
from trialbook.testing.store_contract.bin import BinContract
from trialbook.testing.store_contract.claims import ClaimContract
from trialbook.testing.store_contract.commits import CommitContract
from trialbook.testing.store_contract.edges import EdgeContract
from trialbook.testing.store_contract.entities import EntityContract
from trialbook.testing.store_contract.logs import LogContract
from trialbook.testing.store_contract.model import ModelContract
from trialbook.testing.store_contract.objects import ObjectContract
from trialbook.testing.store_contract.series import SeriesContract
from trialbook.testing.store_contract.uploads import UploadContract

__all__ = ["StoreContract"]


class StoreContract(
    EntityContract,
    EdgeContract,
    BinContract,
    CommitContract,
    SeriesContract,
    ArrivalContract,
    LogContract,
    ObjectContract,
    UploadContract,
    ClaimContract,
    ModelContract,
):
    """The promises of `store.interface.Store`.

    Fixtures that a subclass gives
    ------------------------------
    store
        An empty store.
    open_again
        A function without arguments that opens another `Store` on the database of `store`, as a second process would
        see it. Who makes a store closes it: the fixture closes all it opened, after the test.

    Thread safety
    -------------
    Every method of a `Store` may be called from any thread at any time. An action runs alone among all writes of the
    database, on a thread of the store's choosing; its `Transaction` is its own and is over when it returns.

    Ownership
    ---------
    Documents and arrays that are given are not kept and not changed; those that are answered belong to the caller,
    except that arrays may be read-only.
    """

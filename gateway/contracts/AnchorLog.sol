// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title AnchorLog: an append-only log that the chain itself keeps
/// @notice Every anchor is a leaf of an RFC 6962 Merkle tree (SHA-256), and this contract computes leaf and root.
/// The operator chooses what is anchored; order, block and time come from the chain, and nothing can be rewritten:
/// there is no proxy, no setter for the root, no way to start from anything but the empty tree.
/// One storage proof of slots 0 and 1 at any later block therefore proves every anchor before it.
///
/// Storage layout, part of the evidence format:
///   slot 0   root, 256 bits
///   slot 1   lastBlock u48 | size u48 | operator 160, from the most significant bit to the least
///
/// Leaf, 125 bytes hashed with SHA-256, all integers big-endian:
///   0x00 | chainId u64 | contract 20 | index u64 | rollRoot 32 | slots u64 | block number u64 | block time u64 | parent block hash 32
/// Node: 0x01 | left 32 | right 32. Root of the empty tree: SHA-256 of nothing.
contract AnchorLog {
    /// The root of the log.
    bytes32 private root;
    /// The account that may append; zero once the log is frozen.
    address private operator;
    /// How many anchors the log holds.
    uint48 private size;
    /// The block of the newest anchor; zero before the first.
    uint48 private lastBlock;

    /// May replace the operator or freeze the log, and nothing else. Zero: nobody may.
    address public immutable guardian;

    event Anchored(uint64 indexed index, bytes32 rollRoot, uint64 slots, bytes32 root);
    event OperatorRotated(address indexed previous, address indexed next);
    event Frozen(uint64 size, bytes32 root);

    /// The caller is not the operator. After `freeze` this is everyone.
    error NotOperator();
    /// The caller is not the guardian.
    error NotGuardian();
    /// The operator must be an account: only `freeze` sets it to zero.
    error OperatorIsZero();
    /// The log is frozen for ever.
    error LogIsFrozen();
    /// A tree of `size` leaves has as many peaks as `size` has one bits.
    error WrongPeakCount(uint256 expected, uint256 actual);
    /// The peaks are not those of the current root. A transaction sent twice ends here or in `WrongPeakCount`.
    error PeaksDoNotMatchRoot(bytes32 expected, bytes32 actual);
    /// The SHA-256 precompile failed or did not return 32 bytes.
    error Sha256Failed();

    constructor(address operator_, address guardian_) {
        if (operator_ == address(0)) revert OperatorIsZero();
        operator = operator_;
        guardian = guardian_;
        root = hash("");
    }

    /// Appends one anchor.
    /// @param rollRoot root of the roll-call
    /// @param slots how many slots the roll-call has
    /// @param peaks roots of the perfect subtrees of the current log, largest (oldest leaves) first
    function anchor(bytes32 rollRoot, uint64 slots, bytes32[] calldata peaks) external {
        if (msg.sender != operator) revert NotOperator();
        uint48 index = size;
        if (peaks.length != ones(index)) revert WrongPeakCount(ones(index), peaks.length);

        bytes32 current = root;
        // RFC 6962: the root of a tree is its peaks folded from the smallest to the largest.
        bytes32 folded = index == 0 ? current : fold(peaks, peaks.length - 1, peaks[peaks.length - 1]);
        if (folded != current) revert PeaksDoNotMatchRoot(current, folded);

        // The new leaf closes as many perfect subtrees as `index` has trailing one bits, smallest first, and what
        // remains is folded as before: both are "hash with the next larger peak", so one fold does them all.
        bytes32 leaf = leafHash(index, rollRoot, slots, block.number, block.timestamp, blockhash(block.number - 1));
        bytes32 next = fold(peaks, peaks.length, leaf);

        root = next;
        size = index + 1;
        lastBlock = uint48(block.number);
        emit Anchored(index, rollRoot, slots, next);
    }

    /// Replaces the account that anchors.
    function rotate(address next) external {
        if (msg.sender != guardian) revert NotGuardian();
        if (next == address(0)) revert OperatorIsZero();
        address previous = operator;
        if (previous == address(0)) revert LogIsFrozen();
        operator = next;
        emit OperatorRotated(previous, next);
    }

    /// Ends the log: nothing is appended any more, and nobody can undo this. What it holds stays provable.
    function freeze() external {
        if (msg.sender != guardian) revert NotGuardian();
        if (operator == address(0)) revert LogIsFrozen();
        operator = address(0);
        emit Frozen(size, root);
    }

    function head()
        external
        view
        returns (bytes32 currentRoot, uint64 currentSize, address currentOperator, uint64 newestBlock)
    {
        return (root, size, operator, lastBlock);
    }

    /// Whether an anchor with these fields is in the log as it stands now.
    /// A path is good for one size of the log: it expires with the next anchor.
    function verifyInclusion(
        uint64 index,
        bytes32 rollRoot,
        uint64 slots,
        uint64 blockNumber,
        uint64 blockTime,
        bytes32 parentHash,
        bytes32[] calldata path
    ) external view returns (bool) {
        if (index >= size) return false;
        // RFC 9162, 2.1.3.2, with its names.
        uint256 fn = index;
        uint256 sn = uint256(size) - 1;
        bytes32 r = leafHash(index, rollRoot, slots, blockNumber, blockTime, parentHash);
        for (uint256 i = 0; i < path.length; i++) {
            if (sn == 0) return false;
            if (fn & 1 == 1 || fn == sn) {
                r = nodeHash(path[i], r);
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = nodeHash(r, path[i]);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && r == root;
    }

    /// `right` hashed upwards with the first `count` peaks, from the smallest to the largest:
    /// H(1 | peaks[0] | ... H(1 | peaks[count - 2] | H(1 | peaks[count - 1] | right))).
    /// Most of the gas of an anchor is spent here, so it works in place instead of allocating for every node.
    function fold(bytes32[] calldata peaks, uint256 count, bytes32 right) private view returns (bytes32 result) {
        bool good = true;
        assembly ("memory-safe") {
            // One node of 65 bytes in the free memory: 0x01 | left | right. Each digest is written over `right`.
            let node := mload(0x40)
            let leftSide := add(node, 1)
            let rightSide := add(node, 33)
            mstore8(node, 0x01)
            mstore(rightSide, right)
            for { let peak := add(peaks.offset, mul(count, 32)) } gt(peak, peaks.offset) { } {
                peak := sub(peak, 32)
                mstore(leftSide, calldataload(peak))
                let success := staticcall(gas(), 0x02, node, 65, rightSide, 32)
                good := and(good, and(success, eq(returndatasize(), 32)))
            }
            result := mload(rightSide)
        }
        if (!good) revert Sha256Failed();
    }

    function leafHash(
        uint64 index,
        bytes32 rollRoot,
        uint64 slots,
        uint256 blockNumber,
        uint256 blockTime,
        bytes32 parentHash
    ) private view returns (bytes32) {
        return
            hash(
                abi.encodePacked(
                    bytes1(0x00),
                    uint64(block.chainid),
                    address(this),
                    index,
                    rollRoot,
                    slots,
                    uint64(blockNumber),
                    uint64(blockTime),
                    parentHash
                )
            );
    }

    function nodeHash(bytes32 left, bytes32 right) private view returns (bytes32) {
        return hash(abi.encodePacked(bytes1(0x01), left, right));
    }

    /// Solidity's own sha256() does not look at the length of the answer; an address without code "succeeds" with
    /// none, and on a chain without the precompile the output would be whatever the memory held.
    function hash(bytes memory data) private view returns (bytes32 digest) {
        bool good;
        assembly ("memory-safe") {
            good := staticcall(gas(), 0x02, add(data, 32), mload(data), 0x00, 32)
            good := and(good, eq(returndatasize(), 32))
            digest := mload(0x00)
        }
        if (!good) revert Sha256Failed();
    }

    /// How many one bits `value` has.
    function ones(uint256 value) private pure returns (uint256 count) {
        for (; value != 0; value &= value - 1) count++;
    }
}

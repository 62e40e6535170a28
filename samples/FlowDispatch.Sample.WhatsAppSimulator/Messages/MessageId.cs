using System.Text;

namespace FlowDispatch.Sample.Simulator;

/// <summary>Ids of messages. Opaque, and unlike all other choices never repeated by a seed: a receiver may remember them from an earlier run.</summary>
internal static class MessageId
{
    public static string New(string recipient, TimeProvider time)
    {
        var name = Encoding.UTF8.GetBytes(recipient.Length > 16 ? recipient[..16] : recipient);
        return "wamid." + Convert.ToBase64String([0x1d, (byte)name.Length, .. name, .. Guid.CreateVersion7(time.GetUtcNow()).ToByteArray()]);
    }
}

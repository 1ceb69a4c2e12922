import com.sun.tools.attach.VirtualMachine;
import javax.management.ObjectName;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Says how many bytes the JVM with the given process id has allocated so far, for each line it reads. */
void main(String[] arguments) throws Exception {
    var virtualMachine = VirtualMachine.attach(arguments[0]);
    var address = new JMXServiceURL(virtualMachine.startLocalManagementAgent());
    virtualMachine.detach();
    try (var connector = JMXConnectorFactory.connect(address)) {
        var threads = new ObjectName("java.lang:type=Threading");
        while (IO.readln() != null) {
            IO.println(connector.getMBeanServerConnection().getAttribute(threads, "TotalThreadAllocatedBytes"));
        }
    }
}
